// Command mount is a web server that has an MCP server among its routes, by a router of one's choice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/mount/internal/routers"
	"github.com/xmcpgo/xmcpgo/examples/mount/src"
)

//go:generate go tool xmcpgo-generate

func main() {
	router := flag.String("router", "chi", "`NAME` of the router: chi or echo")
	addr := flag.String("addr", "127.0.0.1:3001", "listen on `HOST:PORT`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *router, *addr); err != nil {
		fmt.Fprintln(os.Stderr, "mount:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, router, addr string) error {
	mcp, err := xmcp.New(src.Registry(), xmcp.Config{Name: "mount", Addr: addr})
	if err != nil {
		return err
	}
	handler, err := routers.New(router, mcp.Handler())
	if err != nil {
		return err
	}
	if err := mcp.Start(ctx); err != nil { // runs what plugins do at the start
		return err
	}
	web := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	served := make(chan error, 1)
	go func() { served <- web.ListenAndServe() }()
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, mcp.Shutdown(drain), web.Shutdown(drain)) // calls first, then connections
}
