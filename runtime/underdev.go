package xmcp

import (
	"context"
	"io"
)

// envUnderDev is set to "1" by xmcpgo dev, which builds and starts an app again and again: it ends a build by closing its
// standard input, as that works alike on every system and happens by itself when dev is killed.
const envUnderDev = "XMCP_UNDER_DEV"

func (e environment) underDev() bool {
	v, ok := e.lookup(envUnderDev)
	return ok && v == "1"
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
