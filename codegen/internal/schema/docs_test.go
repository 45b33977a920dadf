package schema_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

// TestDocumentedExample derives what docs/schemas.md begins with, and finds every keyword in its table.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../../docs/schemas.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	dir := newModule(t)
	write(t, filepath.Join(dir, "tools", "tools.go"), []byte("package tools\n\n"+block(t, text, "go")))
	conv, pkgs := load(t, dir, "example.com/app", "./tools")
	obj := pkgs["example.com/app/tools"].Types.Scope().Lookup("SearchInput")
	r, ds := schema.Input(conv.Type(obj.Type()), schema.Options{})
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	got, _ := r.JSON()
	if diff := cmp.Diff(decode([]byte(block(t, text, "json"))), decode([]byte(got))); diff != "" {
		t.Errorf("docs/schemas.md (-page +derived):\n%s", diff)
	}
	// The hint for a word that is like no other lists all keywords.
	unknown := &model.Type{Kind: model.Struct, InModule: true, Fields: []*model.Field{
		{Name: "A", Exported: true, Type: &model.Type{Kind: model.String}, Tag: `jsonschema:"xyzzy"`, Pos: diag.Pos{File: "a.go", Line: 1}},
	}}
	_, ds = schema.Input(unknown, schema.Options{})
	if len(ds) != 1 {
		t.Fatal(ds)
	}
	_, words, ok := strings.Cut(ds[0].Hint, "keywords are ")
	if !ok {
		t.Fatal(ds[0].Hint)
	}
	for _, k := range strings.Split(words, ", ") {
		if !strings.Contains(text, "`"+k) {
			t.Errorf("docs/schemas.md does not name the keyword %s", k)
		}
	}
}

// block is the first fenced block of a language.
func block(t *testing.T, page, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "```"+language+"\n")
	code, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatalf("no block of %s", language)
	}
	return code
}

func TestDiagnosticsOfOneTypeAreSortedAndSingle(t *testing.T) {
	dir := newModule(t)
	write(t, filepath.Join(dir, "tools", "tools.go"), []byte("package tools\n\ntype Bad struct {\n\tB chan int\n\tA string `jsonschema:\"nope=1\"`\n}\n\ntype In struct { X, Y Bad; Z []Bad }\n"))
	conv, pkgs := load(t, dir, "example.com/app", "./tools")
	typ := conv.Type(pkgs["example.com/app/tools"].Types.Scope().Lookup("In").Type())
	var l diag.List
	for range 3 {
		_, in := schema.Input(typ, schema.Options{})
		_, out := schema.Output(typ, schema.Options{})
		l.Add(append(in, out...)...)
	}
	var codes []string
	for _, d := range l.Sorted() {
		codes = append(codes, d.Pos.String()+" "+d.Code)
	}
	if diff := cmp.Diff([]string{"tools/tools.go:4:4 XG120", "tools/tools.go:5:24 XG110"}, codes); diff != "" {
		t.Error(diff)
	}
}
