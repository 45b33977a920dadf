package xmcp

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Integers are compared by number, at any size; nothing but a JSON number is one.
func TestParamHeaderIntegers(t *testing.T) {
	h := paramHeader{header: "Mcp-Param-N", kind: "integer"}
	for _, tt := range []struct {
		header, value string
		want          bool
	}{
		{"42", "42", true},
		{"42.0", "42", true},
		{"4.2e1", "42", true},
		{"42", "420e-1", true},
		{"-0", "0", true},
		{"0e7", "0.000", true},
		{"43", "42", false},
		{"9007199254740993", "9007199254740992", false},
		{"9007199254740993.0", "9007199254740993", true},
		{"18446744073709551615", "18446744073709551615", true},
		{"7", "18446744073709551615", false},
		{"7", "1e20", false},
		{"100000000000000000000", "1e20", true},
		{"84/2", "42", false},
		{"0x2a", "42", false},
		{"4_2", "42", false},
		{"+42", "42", false},
		{"042", "42", false},
		{"", "42", false},
		{"42.5", "42", false},
		{"1", "0.5", false},
		{"1e999999999", "1", false},
		{"1e-999999999", "0", false},
		{"anything", `"no number is a violation of its own"`, true},
	} {
		start := time.Now()
		if got := h.matches(http.Header{"Mcp-Param-N": {tt.header}}, []byte(tt.value)); got != tt.want {
			t.Errorf("%q for %s: %v", tt.header, tt.value, got)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%q for %s took %v", tt.header, tt.value, took)
		}
	}
	if h.matches(http.Header{"Mcp-Param-N": {"1", "1"}}, []byte("1")) {
		t.Error("a header that stands twice says two things")
	}
}

// Schemas that misuse x-mcp-header stop the start, for those that no generator has checked.
func TestMisusedParamHeaders(t *testing.T) {
	property := func(s string) string { return `{"type":"object","properties":{` + s + `}}` }
	for name, tt := range map[string]struct{ schema, want string }{
		"number":      {property(`"a":{"type":"number","x-mcp-header":"A"}`), "a: it must be a string, an integer or a boolean"},
		"object":      {property(`"a":{"type":"object","x-mcp-header":"A"}`), "a: it must be"},
		"no type":     {property(`"a":{"x-mcp-header":"A"}`), "a: it must be"},
		"several":     {property(`"a":{"type":["string","null"],"x-mcp-header":"A"}`), "a: it must be"},
		"no name":     {property(`"a":{"type":"string","x-mcp-header":"A B"}`), `"A B" on a is no header name`},
		"empty":       {property(`"a":{"type":"string","x-mcp-header":""}`), "is no header name"},
		"line break":  {property(`"a":{"type":"string","x-mcp-header":"A\nB"}`), "is no header name"},
		"twice":       {property(`"a":{"type":"string","x-mcp-header":"Region"},"b":{"type":"string","x-mcp-header":"region"}`), "is used twice"},
		"deep":        {property(`"a":` + property(`"b":{"type":"number","x-mcp-header":"B"}`)), "a.b: it must be"},
		"on the root": {`{"type":"object","x-mcp-header":"A"}`, "it must be"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := findParamHeaders(tt.schema); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			r := NewRegistry()
			r.AddTool(ToolItem{Name: "t", Description: "T.", InputSchema: tt.schema, Handler: HandleTool(func(_ context.Context, _ struct{}) (string, error) { return "", nil })})
			if _, err := New(r, Config{Name: "test"}); err == nil {
				t.Error("the server starts")
			}
		})
	}
}

// FuzzHeaderValue: what clients wrap comes out as it went in, and anything else is taken as it is or refused.
func FuzzHeaderValue(f *testing.F) {
	for _, seed := range []string{"", "plain", "=?base64?YQ==?=", "=?base64?YQ?=", "=?base64?", "?=", "€", "a b", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := decodeHeader("=?base64?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="); !ok || got != s {
			t.Errorf("%q comes out as %q, %v", s, got, ok)
		}
		got, ok := decodeHeader(s)
		wrapped := strings.HasPrefix(s, "=?base64?") && strings.HasSuffix(s, "?=")
		if !wrapped && (!ok || got != s) {
			t.Errorf("%q is read as %q, %v", s, got, ok)
		}
	})
}
