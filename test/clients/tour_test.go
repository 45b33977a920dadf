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
