package signin

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// TestDev follows the README without an account: dev runs the notes app, what it prints for Claude Code is pasted, and a person
// signs in on the page of the stand-in that dev hosts. Claude Code then asks the app who that was.
func TestDev(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	root := program.Repository(t)
	h := newHome(t)
	xmcpgo := filepath.Join(h.dir, "xmcpgo")
	program.Run(t, root, "go", "build", "-o", xmcpgo, "./cmd/xmcpgo")
	program.Run(t, filepath.Join(root, "examples", "notes"), "go", "build", "-o", os.DevNull, ".") // from an empty build cache it takes minutes on a busy machine
	dev := h.prepare(xmcpgo, "dev", "--addr", "127.0.0.1:0", "--auth-port", "0", filepath.Join(root, "examples", "notes"))
	dev.cmd.Env = slices.DeleteFunc(append(os.Environ(), "GOWORK=off", "DATABASE_URL=sqlite:"+filepath.Join(h.dir, "notes.db")), func(v string) bool {
		return strings.HasPrefix(v, "SCALEKIT_") || strings.HasPrefix(v, "BASE_URL=")
	})
	paste := make(chan string, 1)
	out := io.MultiWriter(&dev.out, &finder{pattern: regexp.MustCompile(`^ *(claude mcp add .*)`), found: paste})
	dev.cmd.Stdout, dev.cmd.Stderr = out, out
	h.begin(dev)
	var command string
	select {
	case command = <-paste:
	case <-dev.ended:
		t.Fatalf("dev has ended: %v\n%s", dev.err, &dev.out)
	case <-time.After(patience):
		t.Fatalf("dev prints nothing to paste\n%s", &dev.out)
	}
	args := strings.Fields(command)
	claude := claudeProgram(t)
	h.run(append([]string{claude}, args[1:]...)...)
	h.signedIn(b, h.onTerminal(claude, "mcp", "login", "notes"), "usr_carol@org_globex")
	if said := clients(t)["Claude Code"].call(h, "", "whoami"); !strings.Contains(said, "usr_carol") || !strings.Contains(said, "org_globex") {
		t.Errorf("whoami: %s\ndev said: %s", said, &dev.out)
	}
}
