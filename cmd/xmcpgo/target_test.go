package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/signin"
)

// refusedDial is what happens where nobody listens.
func refusedDial(t *testing.T) error {
	t.Helper()
	_, err := http.Get("http://127.0.0.1:1") // a port that was free a moment ago may be taken
	return err
}

func TestExplain(t *testing.T) {
	plain := errors.New("no route to host")
	tests := []struct {
		err  error
		says string
	}{
		{plain, "no route to host"},
		{refusedDial(t), "Nothing serves there"},
		{&remote.Error{Status: 401}, "--sign-in"},
		{&remote.Error{Status: 403, Message: "host is not allowed"}, "ALLOWED_HOSTS"},
		{&remote.Error{Status: 404}, "no MCP endpoint"},
		{&remote.Error{Status: 405, Message: "Method Not Allowed"}, "no MCP endpoint"},
		{&signin.Error{Err: signin.ErrNoIssuer}, "--header 'X-API-Key: KEY'"},
		{&remote.Error{Code: -32603, Status: 404, Message: "oops"}, "oops (code -32603)"},
		{&remote.Error{Code: remote.CodeMissingCapability, Message: "elicitation is needed"}, "the tool asks a question"},
	}
	for _, tt := range tests {
		err := explain(fmt.Errorf("tools/call: %w", tt.err))
		if !strings.Contains(err.Error(), tt.says) || !errors.Is(err, tt.err) {
			t.Errorf("%v is explained as %q, want %q", tt.err, err, tt.says)
		}
	}
	signIn := &signin.Error{Err: refusedDial(t)}
	if got := explain(signIn); got.Error() != signIn.Err.Error() {
		t.Errorf("an authorization server that is not there is explained as %q", got)
	}
	if explain(nil) != nil {
		t.Error("nothing is explained")
	}
}

// What a server says in an error must not steer the terminal, nor turn around how the line reads.
func TestErrorsOfServersArePrintable(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"a\u001b]0;b\u0007\u009b2J\u202ec\u2066d"}}`))
	}))
	defer web.Close()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"list", web.URL}, strings.NewReader(""), &stdout, &stderr); code != exitTrouble {
		t.Errorf("exit code %d", code)
	}
	if got := stdout.String() + stderr.String(); !strings.Contains(got, "a]0;b2Jcd (code -32603)") || strings.ContainsAny(got, "\x1b\x07\u009b\u202e\u2066") {
		t.Errorf("%q", got)
	}
}

// A key that is given by --header is for one URL: neither metadata nor another server is sent it.
func TestHeadersStayWithTheServer(t *testing.T) {
	var got []string
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.URL.Path+" "+r.Header.Get("X-Api-Key"))
	}))
	defer web.Close()
	c := &http.Client{Transport: headers{web.URL + "/mcp", http.Header{"X-Api-Key": {"key"}}, http.DefaultTransport}}
	for _, path := range []string{"/mcp", "/other"} {
		res, err := c.Get(web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	if strings.Join(got, ",") != "/mcp key,/other " {
		t.Errorf("requests %q", got)
	}
}
