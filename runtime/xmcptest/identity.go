package xmcptest

import (
	"context"
	"net/http"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/internal/standin"
)

// callerKey is how an in-process request carries its principal to the stand-in.
type callerKey struct{}

func withCaller(ctx context.Context, p *xmcp.Principal) context.Context {
	return context.WithValue(ctx, callerKey{}, p)
}

// standInPlugin authenticates by the principal of the in-process request.
type standInPlugin struct{}

func (standInPlugin) Name() string         { return "xmcptest" }
func (standInPlugin) StandIn(standin.Mark) {}
func (standInPlugin) Setup(h *xmcp.Host) error {
	h.Authenticate(xmcp.AuthenticatorFunc(func(r *http.Request) (*xmcp.Principal, error) {
		if p, _ := r.Context().Value(callerKey{}).(*xmcp.Principal); p != nil {
			return p, nil
		}
		return nil, &xmcp.Challenge{Header: http.Header{"Www-Authenticate": {"Bearer"}}, Reason: "the test names no principal"}
	}))
	return nil
}

// withStandIn is a copy of the registry with the stand-in as its last plugin. The original may serve other tests.
func withStandIn(r *xmcp.Registry) *xmcp.Registry {
	copied := *r
	copied.Use(func() []xmcp.Plugin { return []xmcp.Plugin{standInPlugin{}} })
	return &copied
}
