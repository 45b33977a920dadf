package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// suite is the command line of the official suite.
type suite struct {
	node, script string
	folder       string // of the npm package
}

func newSuite(t *testing.T) *suite {
	t.Helper()
	return &suite{
		node:   program.Node(t),
		script: program.Script(t, "@modelcontextprotocol", "conformance", "dist", "index.js"),
		folder: program.Script(t, "@modelcontextprotocol", "conformance"),
	}
}

// check is one statement of a scenario about the server.
type check struct {
	ID           string
	Status       string // SUCCESS, FAILURE, WARNING, SKIPPED, INFO
	Description  string
	ErrorMessage string
}

// results are the checks of each scenario that has left some.
type results map[string][]check

// run examines a server and returns what the suite has written down, and what it has said. The suite fails for scenarios that
// do not count as well, so its exit code is not looked at.
func (s *suite) run(ctx context.Context, dir, url string, args ...string) (results, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	// The suite's own limit of 30 s for a scenario is one for its own process too, which gets little of a busy machine. An
	// answer that is lost is noticed all the same: the suite's client waits a minute for it.
	args = append([]string{s.script, "server", "--url", url, "-o", dir, "--timeout", "120000"}, args...)
	cmd := exec.CommandContext(ctx, s.node, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, string(out), err
	}
	got, err := readResults(dir)
	return got, string(out), err
}

// folderName is how the suite names the folder of a scenario's result: with its time.
var folderName = regexp.MustCompile(`^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$`)

func readResults(dir string) (results, error) {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	got := results{}
	for _, f := range folders {
		name := folderName.FindStringSubmatch(f.Name())
		if name == nil {
			return nil, fmt.Errorf("%s is not named as a result", f.Name())
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name(), "checks.json"))
		if err != nil {
			return nil, err
		}
		var checks []check
		if err := json.Unmarshal(data, &checks); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		got[name[1]] = append(got[name[1]], checks...)
	}
	return got, nil
}

// problem says what is wrong with the checks of a scenario; it is empty when nothing is. INFO is what the suite has seen, and
// proves nothing.
func problem(checks []check) string {
	passed := 0
	var wrong []string
	for _, c := range checks {
		switch c.Status {
		case "SUCCESS":
			passed++
		case "INFO":
		default:
			wrong = append(wrong, fmt.Sprintf("%s %s: %s: %s", c.Status, c.ID, c.Description, c.ErrorMessage))
		}
	}
	if passed == 0 && wrong == nil {
		return "no check has passed"
	}
	return strings.Join(wrong, "\n")
}

// requirements are the scenarios of a revision: those that its score counts, and those of the server that are run besides.
type requirements struct {
	scored, unscored []string
}

// requirements reads the frozen list of a revision. It is YAML of a fixed form: a list below "server:", and a list of
// mappings below "not_scored:".
func (s *suite) requirements(t *testing.T, revision string) requirements {
	t.Helper()
	file, err := os.Open(filepath.Join(s.folder, "requirements", revision+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var r requirements
	var section, scenario string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		text := strings.TrimPrefix(strings.TrimSpace(line), "- ")
		key, value, _ := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case !strings.HasPrefix(line, " "):
			section = key
		case section == "server":
			r.scored = append(r.scored, text)
		case section == "not_scored" && key == "scenario":
			scenario = value
		case section == "not_scored" && key == "leg" && value == "server":
			r.unscored = append(r.unscored, scenario)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// scenarios lists what the suite has for a revision without a frozen list.
func (s *suite) scenarios(t *testing.T, revision string) []string {
	t.Helper()
	line := regexp.MustCompile(`(?m)^  - (\S+) \[`)
	var list []string
	for _, m := range line.FindAllStringSubmatch(program.Run(t, t.TempDir(), s.node, s.script, "list", "--server", "--spec-version", revision), -1) {
		list = append(list, m[1])
	}
	return list
}
