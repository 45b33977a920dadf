package house

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCommandBlocks runs the command blocks that are marked so, "```sh run", in the folder of a new app. All blocks of a page are one
// story, in which the Go files that it shows are written where it shows them. The app runs from the first block on that speaks to
// 127.0.0.1:3001. A block "```text output" behind one is what it prints.
func TestCommandBlocks(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "xmcpgo")
	if _, err := command(t, ".", nil, "go", "build", "-o", tool, "./cmd/xmcpgo"); err != nil {
		t.Fatal(err)
	}
	created := filepath.Join(t.TempDir(), "my-app")
	if _, err := command(t, ".", nil, tool, "create", "-y", created); err != nil {
		t.Fatal(err)
	}
	for _, name := range files(t, document) {
		steps := steps(read(t, name))
		if len(steps) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story := &story{dir: filepath.Join(t.TempDir(), "my-app"), tools: filepath.Dir(tool)}
			if err := os.CopyFS(story.dir, os.DirFS(created)); err != nil {
				t.Fatal(err)
			}
			story.tell(t, steps)
		})
	}
}

// step is a block of commands with what it prints, or a file to write. output is nil where the page does not say.
type step struct {
	file, content string
	commands      string
	output        *string
}

// steps are those of a page in their order; none where no block is marked.
func steps(content string) []step {
	var out []step
	marked := false
	for _, m := range fence.FindAllStringSubmatch(content, -1) {
		switch strings.TrimSpace(m[1]) {
		case "sh run":
			marked = true
			out = append(out, step{commands: m[2]})
		case "text output":
			if len(out) > 0 {
				out[len(out)-1].output = &m[2]
			}
		case "go":
			if b := (block{code: m[2]}); b.whole() && b.path() != "" {
				out = append(out, step{file: b.path(), content: b.code})
			}
		}
	}
	if !marked {
		return nil
	}
	return out
}

// story is a shell in the folder of an app.
type story struct {
	dir, tools string
	address    string // of the app, once it runs
}

const shownAddress = "127.0.0.1:3001"

func (s *story) put(t *testing.T, file, content string) {
	t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *story) tell(t *testing.T, steps []step) {
	for _, b := range steps {
		if b.file != "" {
			s.put(t, b.file, b.content)
			continue
		}
		if strings.Contains(b.commands, shownAddress) && s.address == "" {
			s.serve(t)
		}
		env := []string{"PATH=" + s.tools + string(filepath.ListSeparator) + os.Getenv("PATH"), "NO_COLOR=1", "XDG_CONFIG_HOME=" + t.TempDir()}
		got, err := commandIn(t, s.dir, env, "sh", "-euc", strings.ReplaceAll(b.commands, shownAddress, s.address))
		if err != nil {
			t.Fatalf("%s\n%v", b.commands, err)
		}
		if b.output != nil {
			if diff := cmp.Diff(strings.TrimSpace(*b.output), strings.TrimSpace(strings.ReplaceAll(got, s.address, shownAddress))); diff != "" {
				t.Errorf("%sprints something else (-page +got):\n%s", b.commands, diff)
			}
		}
	}
}

// serve runs the app until the end of the test.
func (s *story) serve(t *testing.T) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "server")
	if _, err := commandIn(t, s.dir, nil, "go", "build", "-o", program, "."); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "--addr", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Dir = s.dir
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_, _ = io.Copy(io.Discard, log)
		if err := cmd.Wait(); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	address := regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/mcp`)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			s.address = m[1]
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return
		}
	}
	t.Fatal(fmt.Errorf("the app names no address: %w", lines.Err()))
}

// TestLLMs: llms.txt leads to every page, and each of its commands is run.
func TestLLMs(t *testing.T) {
	index := read(t, "llms.txt")
	for _, m := range fence.FindAllStringSubmatch(index, -1) {
		if lang := strings.TrimSpace(m[1]); lang != "go" && lang != "sh run" {
			t.Errorf("llms.txt has a block of %q, which nothing runs:\n%s", lang, m[2])
		}
	}
	linked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(index, -1) {
		linked[m[1]] = true
	}
	for _, name := range files(t, func(p string) bool { return page(p) && strings.HasPrefix(p, "docs/") }) {
		if !linked[name] {
			t.Errorf("llms.txt does not link to %s", name)
		}
	}
}
