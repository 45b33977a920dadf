package overhear

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const (
	asked = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	good  = `{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`
	bad   = `{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"no schema"}]}}`
)

// TestMain lets the test be the stdio server, too.
func TestMain(m *testing.M) {
	if answer := os.Getenv("OVERHEAR_ANSWER"); answer != "" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		fmt.Println(answer)
		os.Exit(7)
	}
	os.Exit(m.Run())
}

// listener is a test whose failures and cleanups are its own.
type listener struct {
	*testing.T
	failed   []string
	cleanups []func()
}

func (l *listener) Errorf(f string, a ...any) { l.failed = append(l.failed, fmt.Sprintf(f, a...)) }
func (l *listener) Cleanup(f func())          { l.cleanups = append(l.cleanups, f) }

func (l *listener) end() string {
	for len(l.cleanups) > 0 {
		f := l.cleanups[len(l.cleanups)-1]
		l.cleanups = l.cleanups[:len(l.cleanups)-1]
		f()
	}
	return strings.Join(l.failed, "\n")
}

func verdict(t *testing.T, name, got, answer string) {
	t.Helper()
	if wrong := strings.Contains(got, "inputSchema"); wrong != (answer == bad) || (got != "") != wrong {
		t.Errorf("%s answered %s: the test fails with %q", name, answer, got)
	}
}

func TestHTTP(t *testing.T) {
	for _, answer := range []string{good, bad} {
		var host string
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host = r.Host
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
		}))
		l := &listener{T: t}
		url := HTTP(l, web.URL+"/mcp")
		for _, path := range []string{"", "/other"} { // what is no endpoint may say what it likes
			req, err := http.NewRequestWithContext(t.Context(), "POST", url+path, strings.NewReader(asked))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = "client.example"
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || string(body) != answer || host != "client.example" {
				t.Errorf("%s, %v; the server was called %s", body, err, host)
			}
		}
		web.Close()
		got := l.end()
		verdict(t, "HTTP", got, answer)
		if n := len(l.failed); n > 1 {
			t.Errorf("%d failures: %s", n, got)
		}
	}
}

func TestStdio(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range []string{good, bad} {
		l := &listener{T: t}
		command := Stdio(l, self)
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Env = append(os.Environ(), "OVERHEAR_ANSWER="+answer)
		cmd.Stdin = strings.NewReader(asked + "\n")
		out, err := cmd.Output()
		if string(out) != answer+"\n" || cmd.ProcessState.ExitCode() != 7 {
			t.Errorf("%s, %v", out, err)
		}
		verdict(t, "stdio", l.end(), answer)
	}
}
