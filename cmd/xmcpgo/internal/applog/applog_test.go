package applog

import (
	"bytes"
	"errors"
	"log/slog"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFields(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		want []Field // nil: no record
	}{
		"text":               {`time=now msg="a b" n=1`, []Field{{"time", "now", 0, 8}, {"msg", "a b", 8, 18}, {"n", "1", 18, 22}}},
		"text, a quoted key": {`time=now "a b"=c`, []Field{{"time", "now", 0, 8}, {"a b", "c", 8, 16}}},
		"text, nothing":      {`time= msg=""`, []Field{{"time", "", 0, 5}, {"msg", "", 5, 12}}},
		"json":               {`{"time":"now", "msg":"a\nb"}`, []Field{{"time", "now", 1, 13}, {"msg", "a\nb", 13, 27}}},
		"json, not text":     {`{"time":1,"g":{"stack":"x"}}`, []Field{{"time", "", 1, 9}, {"g", "", 9, 27}}},

		"text without a value":    {`time=now word`, nil},
		"text, open quotes":       {`time="now`, nil},
		"text after quotes":       {`time="now"x`, nil},
		"json that ends early":    {`{"time":"now"`, nil},
		"json with more behind":   {`{"time":"now"} `, nil},
		"json of another kind":    {`{"time"}`, nil},
		"json with a broken part": {`{"time":[}`, nil},
	} {
		got, ok := Fields(test.line)
		if diff := cmp.Diff(test.want, got); diff != "" || ok != (test.want != nil) {
			t.Errorf("%s: %v (-want +got):\n%s", name, ok, diff)
		}
	}
}

// Whatever is logged is found again, in both forms, and the attributes are all of the line.
func FuzzFields(f *testing.F) {
	f.Add("ready", "port", "3000", "time=now level=INFO")
	f.Add("panic in tool", "stack", "panic(1)\n\t/x.go:1 +0x1\n", `{"time":1,"a":"b"}`)
	f.Add("\"", "a b", "\x1b\u2028\\", `{"a":"b"`)
	f.Fuzz(func(t *testing.T, msg, key, value, line string) {
		if fields, ok := Fields(line); ok {
			covers(t, line, fields)
		}
		var out bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			out.Reset()
			slog.New(h).Info(msg, slog.String(key, value))
			line := strings.TrimSuffix(out.String(), "\n")
			fields, ok := Fields(line)
			if !ok || !Begins([]byte(line)) {
				t.Fatalf("no record: %s", line)
			}
			covers(t, line, fields)
			if len(fields) != 4 {
				t.Fatalf("%s: %+v", line, fields)
			}
			// What is no UTF-8, slog may change as it writes.
			if got := fields[2:]; valid(msg, key, value) && (got[0].Value != msg || got[1].Key != key || got[1].Value != value) {
				t.Errorf("%s: %+v", line, fields)
			}
		}
	})
}

func valid(list ...string) bool {
	for _, s := range list {
		if strings.ToValidUTF8(s, "") != s {
			return false
		}
	}
	return true
}

// covers: each field begins where the one before has ended.
func covers(t *testing.T, line string, fields []Field) {
	t.Helper()
	at := 0
	if strings.HasPrefix(line, "{") {
		at = 1
	}
	for _, f := range fields {
		if f.Start != at || f.End < f.Start || f.End > len(line) {
			t.Fatalf("%q: %+v", line, fields)
		}
		at = f.End
	}
}

func TestBegins(t *testing.T) {
	for line, want := range map[string]bool{
		"time=now": true, "ti": true, `{"ti`: true, `{"time":1}`: true, "": true, "Name? ": false, "times": false, `{"a":1}`: false, "panic: x": false,
	} {
		if got := Begins([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// A trace that Go itself has written.
func TestFrames(t *testing.T) {
	var stack []byte
	(func() {
		defer func() {
			_ = recover()
			stack = debug.Stack()
		}()
		panic(errors.New("no"))
	})()
	var names []string
	for _, f := range Frames(string(stack)) {
		if f.File == "" || strings.Trim(f.Line, "0123456789") != "" || f.Line == "" {
			t.Errorf("%+v", f)
		}
		names = append(names, f.Function[strings.LastIndexByte(f.Function, '/')+1:])
	}
	want := []string{"debug.Stack", "applog.TestFrames.func1.1", "panic", "applog.TestFrames.func1", "applog.TestFrames", "testing.tRunner", "created by testing.(*T).Run in goroutine"}
	if len(names) == len(want) {
		names[len(names)-1] = strings.TrimRight(names[len(names)-1], "0123456789 ")
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, text := range []string{"", "\n", "f(1)", "\t/x.go:1", "f(1)\n/x.go:1", "f(1)\n\t/x.go"} {
		if got := Frames(text); got != nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
