package codegen

import (
	"fmt"
	"go/scanner"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
)

// brokenSource has what the generator looks into: metadata with all kinds of values, inputs with tags, methods, several results.
const brokenSource = `package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

var SaveMetadata = xmcp.ToolMetadata{
	Title:  "Save",
	Scopes: []string{"a", b},
	Icons:  []xmcp.Icon{{Src: "https://example.com/a.png"}},
	Meta:   map[string]any{"x": []int{1}, "y": struct{ A int }{1}},
}

const b = "b"

type SaveInput struct {
	Text string            ` + "`json:\"text\" jsonschema:\"minLength=1\"`" + `
	Tags map[string][]Tag  ` + "`json:\"tags,omitempty\"`" + `
}

type Tag struct{ Name string }

type Store struct{}

// Save saves.
func (s *Store) Save(ctx context.Context, in SaveInput) (*Tag, error) {
	return &Tag{in.Text}, nil
}

func (t Tag) MarshalText() ([]byte, error) { return nil, nil }
`

// An editor saves files that are half written, and xmcpgo dev reads each: whatever is missing, the generator tells about it and
// goes on. Each variant lacks one token, the text of one kind in all places, or its end.
func TestBrokenSource(t *testing.T) {
	module := newModule(t, "example.com")
	variants := withoutATokenEach(brokenSource)
	for _, text := range []string{"}\n", "\n\t", "\n\n"} {
		variants = append(variants, strings.ReplaceAll(brokenSource, text, "\n"))
	}
	for i := range len(brokenSource) / 40 {
		variants = append(variants, brokenSource[:40*i])
	}
	var apps []load.App
	for i, source := range variants {
		name := fmt.Sprintf("app%d", i)
		writeFile(t, filepath.Join(module, name, "src", "tools", "tools.go"), []byte(source))
		apps = append(apps, load.App{Root: filepath.Join(module, name), ImportPath: "example.com/" + name, ModuleDir: module, ModulePath: "example.com"})
	}
	loaded, err := load.Load(t.Context(), nil, apps...)
	if err != nil {
		t.Fatal(err)
	}
	for i, app := range loaded {
		generateBroken(t, app, variants[i])
	}
}

func generateBroken(t *testing.T, app *load.Loaded, source string) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("the generator panics: %v\n%s", p, source)
		}
	}()
	result, err := generate(app)
	if err != nil {
		t.Errorf("the generator fails: %v\n%s", err, source)
		return
	}
	for _, d := range result.Diagnostics {
		if !strings.HasSuffix(d.Pos.File, "/src/tools/tools.go") || d.Pos.Line == 0 || d.Pos.Column == 0 {
			t.Errorf("%v has no place\n%s", d, source)
		}
	}
	if len(result.Diagnostics) == 0 && len(result.Files) == 0 {
		t.Errorf("neither files nor problems\n%s", source)
	}
}

// withoutATokenEach returns the source once for each of its tokens, without that token.
func withoutATokenEach(source string) []string {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), nil, 0)
	var variants []string
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return variants
		}
		text := lit
		if text == "" {
			text = tok.String()
		}
		if start := file.Offset(pos); strings.HasPrefix(source[start:], text) && text != "\n" {
			variants = append(variants, source[:start]+source[start+len(text):])
		}
	}
}
