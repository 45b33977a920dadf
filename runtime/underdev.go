package xmcp

import (
	"context"
	"io"
	"net/http"
	"os"
)

// envUnderDev is set by xmcpgo dev, which builds and starts an app again and again: it ends a build by closing its standard
// input, as that works alike on every system and happens by itself when dev is killed. The value is a mark that no other build
// has; by underDevHeader of the readiness probe dev knows that this build has the port, and not a program that was faster.
const (
	envUnderDev    = "XMCP_UNDER_DEV"
	underDevHeader = "Xmcp-Under-Dev"
)

func (e environment) underDev() bool {
	v, ok := e.lookup(envUnderDev)
	return ok && v != "" && v != "0"
}

// showMark is for all servers of the process, also for those that a main function of the app's own serves.
func showMark(h http.Header) {
	if mark := os.Getenv(envUnderDev); mark != "" {
		h.Set(underDevHeader, mark)
	}
}

// untilEndOf returns a context that ends with the input, of which nothing else is expected.
func untilEndOf(ctx context.Context, in io.Reader) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, in) // however it ends, whoever held the other end is gone
	}()
	return ctx, stop
}

// listsMayDiffer tells every listener to ask again: the next build, which answers it, may have other items.
func (h *hub) listsMayDiffer() {
	h.toolsChanged()
	h.promptsChanged()
	h.resourcesChanged()
}
