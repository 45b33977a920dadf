package clients

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/tour"
)

// TestTour takes each client through everything that examples/conformance has.
func TestTour(t *testing.T) {
	servers := tour.Build(t)
	t.Run("typescript-v1", func(t *testing.T) {
		t.Parallel()
		tour.Each(t, servers, []string{tour.Legacy}, script("sdk-v1.mjs"))
	})
	t.Run("typescript-v2", func(t *testing.T) {
		t.Parallel()
		tour.Each(t, servers, []string{tour.Legacy, tour.Modern}, script("sdk-v2.mjs"))
	})
	t.Run("mcp-go", func(t *testing.T) {
		t.Parallel()
		tour.Each(t, servers, []string{tour.Legacy, tour.Modern}, tourMCPGo)
	})
}

// TestAuto lets clients find the era by themselves: they agree on the newest revision.
func TestAuto(t *testing.T) {
	servers := tour.Build(t)
	for _, transport := range []string{"http", "stdio"} {
		t.Run("typescript-v2/"+transport, func(t *testing.T) {
			t.Parallel()
			fixture, waiter := servers.Reach(t, transport)
			tour.Check(t, tour.Modern, script("sdk-v2.mjs")(t, auto, fixture, waiter))
		})
		t.Run("inspector/"+transport, func(t *testing.T) {
			t.Parallel()
			fixture, _ := servers.Reach(t, transport)
			to := target{url: fixture.URL}
			if transport == "stdio" {
				to.command = fixture.Command
			}
			c := newInspector(t, to, auto)
			if tools := c.list(t, "tools/list"); len(tools) == 0 {
				t.Error("no tools are listed")
			}
			want := content(textBlock("This is a simple text response for testing."))
			if err := lacking(c.call(t, "test_simple_text", nil), want, "result"); err != nil {
				t.Error(err)
			}
		})
	}
}

// script takes the tour with a script of this folder.
func script(name string) func(*testing.T, string, tour.Target, tour.Target) tour.Report {
	return func(t *testing.T, era string, fixture, waiter tour.Target) tour.Report {
		t.Helper()
		request, err := json.Marshal(struct {
			tour.Target
			Era    string      `json:"era"`
			Waiter tour.Target `json:"waiter"`
		}{fixture, era, waiter})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(deadline(t), program.Node(t), filepath.Join(program.Repository(t), "test", "clients", name), string(request))
		cmd.Env = append(os.Environ(), "XMCPGO_NODE_MODULES="+program.Script(t, "@modelcontextprotocol", ".."))
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v\n%s%s", name, err, &stderr, &stdout)
		}
		var report tour.Report
		if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
			t.Fatalf("%s: %v\n%s%s", name, err, &stdout, &stderr)
		}
		return report
	}
}
