package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// inspector is `@modelcontextprotocol/inspector --cli`. It makes a connection for each request.
type inspector struct {
	node, script string
	home         string
	target       []string
	stdio        bool
	era          string
}

func newInspector(t *testing.T, to target, era string) client {
	t.Helper()
	i := &inspector{
		node:   program.Node(t),
		script: program.Script(t, "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js"),
		home:   t.TempDir(),
		stdio:  to.url == "",
	}
	if i.stdio {
		i.target = to.command
	} else {
		i.target = []string{"--transport", "http", "--server-url", to.url}
	}
	i.era = map[string]string{legacy: "legacy", modern: "modern", auto: "auto"}[era]
	return i
}

func (i *inspector) keeps() bool { return !i.stdio }

// run makes one request and returns its result. An error of the server is returned, everything else fails the test.
func (i *inspector) run(t *testing.T, args ...string) (object, error) {
	t.Helper()
	all := []string{i.script, "--cli", "--format", "json", "--quiet", "--protocol-era", i.era, "--connect-timeout", "60000"} // 15 s of itself
	var separate []string
	if i.stdio {
		// What follows the program's name up to the next option of the Inspector is the program's.
		separate = append([]string{"--"}, i.target...)
	} else {
		all = append(all, i.target...)
	}
	all = append(append(all, args...), separate...)
	cmd := exec.CommandContext(deadline(t), i.node, all...)
	cmd.Dir = i.home
	cmd.Env = append(os.Environ(), "HOME="+i.home, "NO_COLOR=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("inspector %s: %v", strings.Join(args, " "), err)
	}
	var answer struct {
		Result object
		Error  *struct{ Code, Message string }
	}
	text := stdout.Bytes()
	if err != nil && len(bytes.TrimSpace(text)) == 0 {
		text = stderr.Bytes()
	}
	if jsonErr := json.Unmarshal(text, &answer); jsonErr != nil {
		t.Fatalf("inspector %s: %v (%v)\nstdout: %s\nstderr: %s", strings.Join(args, " "), jsonErr, err, &stdout, &stderr)
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("%s: %s", answer.Error.Code, answer.Error.Message)
	}
	return answer.Result, nil
}

func (i *inspector) must(t *testing.T, args ...string) object {
	t.Helper()
	result, err := i.run(t, args...)
	if err != nil {
		t.Fatalf("inspector %s: %v", strings.Join(args, " "), err)
	}
	return result
}

func (i *inspector) list(t *testing.T, method string) []object {
	t.Helper()
	return objects(t, i.must(t, "--method", method), listKey(method))
}

func (i *inspector) call(t *testing.T, tool string, args object) object {
	t.Helper()
	if args == nil {
		args = object{}
	}
	data, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return i.must(t, "--method", "tools/call", "--tool-name", tool, "--tool-args-json", string(data))
}

func (i *inspector) get(t *testing.T, prompt string, args map[string]string) object {
	t.Helper()
	all := []string{"--method", "prompts/get", "--prompt-name", prompt}
	if len(args) > 0 {
		all = append(all, "--prompt-args")
		for name, value := range args {
			all = append(all, name+"="+value)
		}
	}
	return i.must(t, all...)
}

func (i *inspector) read(t *testing.T, uri string) (object, error) {
	t.Helper()
	return i.run(t, "--method", "resources/read", "--uri", uri)
}

// listKey is the member of a list's result that holds the items.
func listKey(method string) string {
	if method == "resources/templates/list" {
		return "resourceTemplates"
	}
	return strings.TrimSuffix(method, "/list")
}
