package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const entry = `{"url":"http://127.0.0.1/mcp"}`

func TestSet(t *testing.T) {
	tests := []struct {
		name     string
		in       string
		comments bool
		want     string
	}{
		{"nothing", "", false, "{\n  \"mcpServers\": {\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }\n}\n"},
		{"an empty object", "{}\n", false, "{\n  \"mcpServers\": {\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }\n}\n"},
		{"other settings", "{\n    \"theme\": \"dark\"\n}\n", false,
			"{\n    \"theme\": \"dark\",\n    \"mcpServers\": {\n        \"new\": {\n            \"url\": \"http://127.0.0.1/mcp\"\n        }\n    }\n}\n"},
		{"no servers yet", "{\n\t\"mcpServers\": {}\n}", false, "{\n\t\"mcpServers\": {\n\t\t\"new\": {\n\t\t\t\"url\": \"http://127.0.0.1/mcp\"\n\t\t}\n\t}\n}"},
		{"another server", "{\n  \"mcpServers\": {\n    \"old\": {\"command\": \"x\"}\n  },\n  \"z\": 1e400\n}\n", false,
			"{\n  \"mcpServers\": {\n    \"old\": {\"command\": \"x\"},\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  },\n  \"z\": 1e400\n}\n"},
		{"all in one line", `{"mcpServers":{"old":{}}}`, false, "{\"mcpServers\":{\"old\":{},\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }}"},
		{"ends of lines as Windows has them", "{\r\n  \"mcpServers\": {\r\n    \"old\": {}\r\n  }\r\n}\r\n", false,
			"{\r\n  \"mcpServers\": {\r\n    \"old\": {},\r\n    \"new\": {\r\n      \"url\": \"http://127.0.0.1/mcp\"\r\n    }\r\n  }\r\n}\r\n"},
		{"comments", "// mine\n{\n  \"mcpServers\": { /* all */\n    \"old\": {}, // the old one, {\"x\": 1}\n  }, // end\n}\n", true,
			"// mine\n{\n  \"mcpServers\": { /* all */\n    \"old\": {}, // the old one, {\"x\": 1}\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }, // end\n}\n"},
		{"a comment behind the last", "{\n  \"mcpServers\": {\n    \"old\": {} // old\n  }\n}\n", true,
			"{\n  \"mcpServers\": {\n    \"old\": {}, // old\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }\n}\n"},
		{"nothing but a comment", "{\n  \"mcpServers\": {\n    // none yet\n  }\n}\n", true,
			"{\n  \"mcpServers\": {\n    // none yet\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }\n}\n"},
		{"a mark of byte order", "\ufeff{}", true, "\ufeff{\n  \"mcpServers\": {\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }\n}"},
		{"names with escapes", "{\"mcp\\u0053ervers\": {\"\\\"}\": {}}}", false, "{\"mcp\\u0053ervers\": {\"\\\"}\": {},\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }\n  }}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, changed, err := Set([]byte(tt.in), "mcpServers", "new", []byte(entry), tt.comments, false)
			if err != nil || !changed {
				t.Fatalf("changed %v: %v", changed, err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again, changed, err := Set(got, "mcpServers", "new", []byte(entry), tt.comments, false)
			if err != nil || changed || !bytes.Equal(again, got) {
				t.Errorf("a second time: changed %v, %v", changed, err)
			}
		})
	}
}

func TestSetReplaces(t *testing.T) {
	in := "{\n  \"mcpServers\": {\n    \"new\": {\"url\": \"https://elsewhere\", \"x\": [1, 2]}, // note\n    \"other\": {}\n  }\n}\n"
	if _, _, err := Set([]byte(in), "mcpServers", "new", []byte(entry), true, false); !errors.Is(err, ErrTaken) {
		t.Errorf("got %v", err)
	}
	got, changed, err := Set([]byte(in), "mcpServers", "new", []byte(entry), true, true)
	want := "{\n  \"mcpServers\": {\n    \"new\": {\n      \"url\": \"http://127.0.0.1/mcp\"\n    }, // note\n    \"other\": {}\n  }\n}\n"
	if diff := cmp.Diff(want, string(got)); diff != "" || !changed || err != nil {
		t.Errorf("changed %v, %v (-want +got):\n%s", changed, err, diff)
	}
}

func TestSetRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"half an object":           `{"mcpServers": {`,
		"a list":                   `[]`,
		"more behind":              `{} {}`,
		"a comment":                "{} // x",
		"a comma too many":         `{"a": 1,}`,
		"no comma":                 `{"a": 1 "b": 2}`,
		"two commas":               `{"a": 1,, "b": 2}`,
		"no quotes":                `{a: 1}`,
		"no colon":                 `{"a" 1}`,
		"single quotes":            `{'a': 1}`,
		"no value":                 `{"a": }`,
		"an odd value":             `{"a": yes}`,
		"a text without end":       `{"a": "x`,
		"a line in a text":         "{\"a\": \"x\n\"}",
		"not UTF-8":                "{\"a\": \"\xff\"}",
		"twice":                    `{"mcpServers": {}, "mcpServers": {}}`,
		"the name twice":           `{"mcpServers": {"new": {}, "new": {}}}`,
		"servers that are a list":  `{"mcpServers": []}`,
		"servers that are nothing": `{"mcpServers": null}`,
		"too deep":                 strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300),
	} {
		if _, _, err := Set([]byte(in), "mcpServers", "new", []byte(entry), false, true); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Set([]byte("{} /* x"), "mcpServers", "new", []byte(entry), true, true); !errors.Is(err, ErrBroken) {
		t.Errorf("a comment without end: %v", err)
	}
}

func TestWrite(t *testing.T) {
	client, _ := Find("cursor")
	server := Server{Name: "new", URL: "http://127.0.0.1/mcp"}
	dir := t.TempDir()
	file := filepath.Join(dir, ".cursor", "mcp.json")

	w, err := client.Write(dir, server, false)
	if err != nil || !w.Changed || w.Backup != "" {
		t.Fatalf("a new file: %+v, %v", w, err)
	}
	if w, err = client.Write(dir, server, false); err != nil || w.Changed || w.Backup != "" {
		t.Fatalf("the same again: %+v, %v", w, err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, backup := range []string{file + ".bak", file + ".bak2"} {
		server.Name = string(rune('a' + i))
		w, err = client.Write(dir, server, false)
		if err != nil || !w.Changed || !sameFile(t, w.Backup, backup) {
			t.Fatalf("an existing file: %+v, %v", w, err)
		}
		if kept, err := os.ReadFile(backup); err != nil || !bytes.Equal(kept, before) {
			t.Errorf("%s has %q, %v", backup, kept, err)
		}
		for _, f := range []string{file, backup} {
			if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v %v", f, info.Mode(), err)
			}
		}
		if before, err = os.ReadFile(file); err != nil || !json.Valid(before) {
			t.Errorf("%s: %v", before, err)
		}
	}

	server.URL = "http://127.0.0.1/other"
	if _, err := client.Write(dir, server, false); !errors.Is(err, ErrTaken) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(file, []byte("{ broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(dir, server, true); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), "mcp.json") {
		t.Errorf("got %v", err)
	}
	if data, err := os.ReadFile(file); string(data) != "{ broken" || err != nil {
		t.Errorf("a broken file was touched: %q, %v", data, err)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 3 {
		t.Errorf("there are %v, %v", entries, err)
	}
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	x, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	return os.SameFile(x, y)
}

// A file that is a link stays one.
func TestWriteFollowsLinks(t *testing.T) {
	client, _ := Find("claude-code")
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mcp.json")
	if err := os.WriteFile(elsewhere, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, ".mcp.json")
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(dir, Server{Name: "a", URL: "http://127.0.0.1/mcp"}, false); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	data, err2 := os.ReadFile(elsewhere)
	if err != nil || err2 != nil || info.Mode()&os.ModeSymlink == 0 || !strings.Contains(string(data), "127.0.0.1") {
		t.Errorf("%v %s %v %v", info.Mode(), data, err, err2)
	}
}

func TestWriteRefuses(t *testing.T) {
	server := Server{Name: "a", URL: "http://127.0.0.1/mcp"}
	for _, c := range All() {
		if !c.Writable() {
			if _, err := c.Write(t.TempDir(), server, false); err == nil {
				t.Errorf("%s was written", c.ID)
			}
		}
	}
	client, _ := Find("claude-code")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".mcp.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(dir, server, false); err == nil {
		t.Error("a folder was written")
	}
	if _, err := client.Write(dir, Server{Name: "a", URL: "https://u:p@example.com"}, false); !errors.Is(err, ErrSecret) {
		t.Errorf("got %v", err)
	}
}

// Whatever is in the file: either it is refused, or the result has all that was there and the entry.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"{}", `{"mcpServers":{"a":{}}}`, "{\n \"b\": [1, {}],\n}", "{/*x*/\"a\":1,//\n}", `{"mcpServers":{"new":{"url":"x"}}}`} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, comments bool) {
		out, _, err := Set(text, "mcpServers", "new", []byte(entry), comments, true)
		if !comments && len(bytes.TrimSpace(text)) > 0 && !json.Valid(text) && err == nil {
			t.Fatalf("%q is no JSON", text)
		}
		if err != nil {
			return
		}
		p := &parser{text: out, comments: comments}
		root, err := p.document()
		if err != nil {
			t.Fatalf("%q became %q: %v", text, out, err)
		}
		plain := p.plain(root)
		var got map[string]any
		if err := json.Unmarshal(plain, &got); err != nil {
			if strings.Contains(err.Error(), "cannot unmarshal number") {
				return // a number that no float64 holds
			}
			t.Fatalf("%q became %q: %v", text, plain, err)
		}
		servers, _ := got["mcpServers"].(map[string]any)
		if diff := cmp.Diff(map[string]any{"url": "http://127.0.0.1/mcp"}, servers["new"]); diff != "" {
			t.Fatalf("%q became %q", text, out)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			return
		}
		q := &parser{text: text, comments: comments}
		before, err := q.document()
		if err != nil {
			t.Fatal(err)
		}
		var had map[string]any
		if json.Unmarshal(q.plain(before), &had) != nil {
			return
		}
		delete(got, "mcpServers")
		delete(had, "mcpServers")
		if diff := cmp.Diff(had, got); diff != "" {
			t.Fatalf("%q became %q:\n%s", text, out, diff)
		}
	})
}
