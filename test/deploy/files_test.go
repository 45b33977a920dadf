package deploy

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

func readDocs(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestVariables: every variable that a file or the page sets is one that a server reads. docs/settings.md is written from the code.
func TestVariables(t *testing.T) {
	settings := readDocs(t, "settings.md")
	name := regexp.MustCompile(`(?m)(?:^Environment=|name: |-e |--from-literal=|ENV |^ *export )([A-Z][A-Z_]+)\b`)
	for _, file := range []string{"deploy/my-app.service", "deploy/kubernetes.yaml", "deployment.md"} {
		found := name.FindAllStringSubmatch(readDocs(t, file), -1)
		if len(found) == 0 {
			t.Errorf("%s sets nothing", file)
		}
		for _, m := range found {
			if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(settings) {
				t.Errorf("%s sets %s, which no server reads", file, m[1])
			}
		}
	}
}

// TestUnit: systemd accepts the unit, and gives the drain more time than the app takes at most.
func TestUnit(t *testing.T) {
	unit := readDocs(t, "deploy/my-app.service")
	if stop := seconds(t, unit, `(?m)^TimeoutStopSec=(\d+)$`); stop <= xmcp.DefaultShutdownTimeout {
		t.Errorf("stops after %v, the app drains for %v", stop, xmcp.DefaultShutdownTimeout)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return // not a system with systemd
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "my-app.service")
	if err := os.WriteFile(file, []byte(strings.Replace(unit, "/usr/local/bin/my-app", program, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", file).CombinedOutput(); err != nil || strings.Contains(string(out), file) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// TestManifests: the parts of the manifests fit each other and the app.
func TestManifests(t *testing.T) {
	text := readDocs(t, "deploy/kubernetes.yaml")
	value := func(pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("nothing fits %s", pattern)
		}
		return m[1]
	}
	if listens, reached := value(`name: PORT, value: "(\d+)"`), value(`containerPort: (\d+)`); listens != reached {
		t.Errorf("the app listens on port %s and is reached on %s", listens, reached)
	}
	grace, pause := seconds(t, text, `terminationGracePeriodSeconds: (\d+)`), seconds(t, text, `sleep: \{seconds: (\d+)\}`)
	if grace <= pause+xmcp.DefaultShutdownTimeout {
		t.Errorf("%v is no time for a pause of %v and a drain of %v", grace, pause, xmcp.DefaultShutdownTimeout)
	}
	a := newApp(t)
	if err := a.server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	probes := regexp.MustCompile(`httpGet: \{path: (\S+),`).FindAllStringSubmatch(text, -1)
	if len(probes) != 3 {
		t.Errorf("%d probes", len(probes))
	}
	for _, probe := range probes {
		resp, err := http.Get(a.web.URL + probe[1]) // by address, as the kubelet does
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", probe[1], resp.Status)
		}
	}
	for _, host := range regexp.MustCompile(`(?m)(?:- host: |hosts: \[|https://)([\w.-]+)`).FindAllStringSubmatch(text, -1) {
		if host[1] != publicHost {
			t.Errorf("names the host %s", host[1])
		}
	}
}

func seconds(t *testing.T, text, pattern string) time.Duration {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("nothing fits %s", pattern)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}
