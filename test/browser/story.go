package browser

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// storyTime is how long a story may take. Its single steps give up after 15 s.
const storyTime = 2 * time.Minute

// Env are strings for a story.
type Env map[string]string

// Story runs a story and returns what it said last, as JSON, or nil. A story that fails fails the test with everything
// that was wrong, and leaves a screenshot; the test goes on.
func (b *Browser) Story(t testing.TB, story, url string, env ...Env) json.RawMessage {
	t.Helper()
	path, err := filepath.Abs(story)
	if err != nil {
		t.Fatal(err)
	}
	all := Env{}
	for _, e := range env {
		for k, v := range e {
			all[k] = v
		}
	}
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd, err := node("story.mjs", b.endpoint, path, url, Screenshots(t))
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(storyTime, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", story, err, &stderr)
	} else if stderr.Len() > 0 {
		t.Logf("%s:\n%s", story, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	last := json.RawMessage(lines[len(lines)-1])
	if !json.Valid(last) {
		return nil
	}
	return last
}

// Screenshots is the folder of a test's screenshots. Git ignores it.
func Screenshots(t testing.TB) string {
	t.Helper()
	return filepath.Join(program.Repository(t), ".cache", "screenshots", filepath.FromSlash(t.Name()))
}
