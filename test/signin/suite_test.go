package signin

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// finder passes on what a program prints and a pattern matches: the last group of it, once a line.
type finder struct {
	line    strings.Builder
	pattern *regexp.Regexp
	found   chan<- string
}

func (f *finder) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != '\n' {
			f.line.WriteByte(b)
			continue
		}
		if m := f.pattern.FindStringSubmatch(f.line.String()); m != nil {
			f.found <- m[len(m)-1]
		}
		f.line.Reset()
	}
	return len(p), nil
}

// TestSuite has the official conformance suite examine the stand-in as an authorization server. A warning counts as a failure.
// The suite knows public clients only where those are supported: it never sends a secret then.
func TestSuite(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	p := protected.StandIn(t, "http://127.0.0.1:3001/mcp", nil)
	_, port, err := net.SplitHostPort(program.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	p.Env.RegisterClient("suite", "", "Conformance suite", "http://127.0.0.1:"+port+"/callback")
	h := newHome(t)
	results := filepath.Join(h.dir, "results")
	examiner := h.prepare(program.Node(t), program.Script(t, "@modelcontextprotocol", "conformance", "dist", "index.js"), "authorization",
		"--url", p.Issuer+"/resources/res_dev", "--client-id", "suite", "--resource", p.Endpoint, "--port", port, "--output-dir", results)
	examiner.cmd.Stdout = io.MultiWriter(&examiner.out, &finder{pattern: regexp.MustCompile(`https?://\S+/oauth/authorize\?\S+`), found: h.pages})
	h.begin(examiner)
	h.signIn(b, examiner, "usr_bob@org_acme")
	examiner.done(t)
	found, err := filepath.Glob(filepath.Join(results, "*", "checks.json"))
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]bool{}
	for _, file := range found {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var checks []struct{ ID, Status, ErrorMessage string }
		if err := json.Unmarshal(data, &checks); err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			if passed[c.ID] = c.Status == "SUCCESS"; !passed[c.ID] {
				t.Errorf("%s: %s: %s", c.ID, c.Status, c.ErrorMessage)
			}
		}
	}
	for _, id := range []string{"authorization-server-metadata", "authorization-server-metadata-cimd", "authorization-code-grant"} {
		if !passed[id] {
			t.Errorf("%s was not checked", id)
		}
	}
}
