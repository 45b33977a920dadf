package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/clients"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/scaffold"
)

// What a created app brings for its clients is what connect would write.
func TestCreatedAppsAreConnected(t *testing.T) {
	files, err := scaffold.Files(scaffold.Default, scaffold.Params{Name: "my-app", Module: "example.com/my-app", Command: "my-app", Version: "v0.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, c := range clients.All() {
		if !c.Writable() {
			continue
		}
		want, err := c.Config(clients.Server{Name: "my-app", URL: defaultURL})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(files[c.File])); diff != "" {
			t.Errorf("%s (-connect +created app):\n%s", c.File, diff)
		}
		found++
	}
	if found != 3 {
		t.Errorf("%d files are written, want 3", found)
	}
}
