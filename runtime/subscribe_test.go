package xmcp

import (
	"context"
	"testing"
)

// Who may not read a resource may not subscribe to it, and is told why as for any other use of it.
func TestSubscribingNeedsThePermissionOfReading(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		r.AddResource(ResourceItem{Name: "r", Description: "A resource.", Metadata: ResourceMetadata{URI: "app://r", Permissions: []string{"notes:write"}},
			Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "", nil })})
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	for token, want := range map[string]string{
		"none":   `{"jsonrpc":"2.0","id":2,"error":{"code":-32603,"message":"Missing notes:write permission."}}`,
		"writer": `{"jsonrpc":"2.0","id":2,"result":{}}`,
	} {
		header := map[string]string{"Authorization": "Bearer " + token}
		_, h, _ := post(t, s, call1("1", "initialize", `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}`), header)
		header[headerSession] = h.Get(headerSession)
		if _, _, body := post(t, s, call1("2", "resources/subscribe", `"uri":"app://r"`), header); body != want {
			t.Errorf("as %s: %s", token, body)
		}
	}
}
