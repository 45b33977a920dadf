package browser

import (
	"bytes"
	"encoding/json"
	"net/http"
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

// report is what came of a story.
type report struct {
	Said   json.RawMessage `json:"said"`
	Faults []string        `json:"faults"`
	Notes  []string        `json:"notes"`
}

// Story runs a story and returns what it said last, as JSON, or nil. A story that fails fails the test with everything
// that was wrong, and leaves a screenshot; the test goes on. It may be called from any goroutine of the test.
func (b *Browser) Story(t testing.TB, story, url string, env ...Env) json.RawMessage {
	t.Helper()
	path, err := filepath.Abs(story)
	if err != nil {
		t.Error(err)
		return nil
	}
	all := Env{}
	for _, e := range env {
		for k, v := range e {
			all[k] = v
		}
	}
	body, err := json.Marshal(map[string]any{"story": path, "url": url, "env": all, "screenshots": Screenshots(t)})
	if err != nil {
		t.Error(err)
		return nil
	}
	client := &http.Client{Timeout: storyTime}
	res, err := client.Post(b.endpoint, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Errorf("%s: %v", story, err)
		return nil
	}
	defer func() { _ = res.Body.Close() }()
	var r report
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		t.Errorf("%s: %v", story, err)
		return nil
	}
	if len(r.Faults) > 0 {
		t.Errorf("%s:\n%s", story, strings.Join(r.Faults, "\n"))
	}
	if len(r.Notes) > 0 {
		t.Logf("%s:\n%s", story, strings.Join(r.Notes, "\n"))
	}
	return r.Said
}

// Screenshots is the folder of a test's screenshots: .cache/screenshots/PACKAGE/TEST. Git ignores it.
func Screenshots(t testing.TB) string {
	t.Helper()
	root := program.Repository(t)
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := filepath.Rel(root, here)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, ".cache", "screenshots", folder, filepath.FromSlash(t.Name()))
}
