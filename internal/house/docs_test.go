package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func page(p string) bool { return strings.HasSuffix(p, ".md") && !strings.Contains(p, "testdata/") }

// document is a page, or what the programs of others read in place of one.
func document(p string) bool { return page(p) || p == "llms.txt" }

// TestLinks: every link from a page to another file, and to a heading, resolves.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, name := range files(t, document) {
		for _, m := range link.FindAllStringSubmatch(prose(read(t, name)), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			to := name
			if target != "" {
				to = path.Join(path.Dir(name), target)
			}
			info, err := os.Stat(filepath.Join(root(t), filepath.FromSlash(to)))
			if err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
				continue
			}
			if anchor != "" && (info.IsDir() || !headings(read(t, to))[anchor]) {
				t.Errorf("%s: %s has no heading #%s", name, to, anchor)
			}
		}
	}
}

// TestPagesAreLinked: a page that the README does not name is not found.
func TestPagesAreLinked(t *testing.T) {
	readme := read(t, "README.md")
	for _, name := range files(t, func(p string) bool { return page(p) && strings.HasPrefix(p, "docs/") }) {
		if !strings.Contains(readme, "]("+name+")") {
			t.Errorf("README.md does not link to %s", name)
		}
	}
}

// headings gives the anchors that the usual renderers make of a page's headings.
func headings(content string) map[string]bool {
	heading := regexp.MustCompile(`(?m)^#{1,6} +(.+?) *#*$`)
	drop := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	anchors := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(prose(content), -1) {
		slug := strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		unique := slug
		for i := 1; anchors[unique]; i++ {
			unique = fmt.Sprintf("%s-%d", slug, i)
		}
		anchors[unique] = true
	}
	for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)"`).FindAllStringSubmatch(content, -1) {
		anchors[m[1]] = true
	}
	return anchors
}

// prose blanks the code blocks of a page.
func prose(content string) string {
	return fence.ReplaceAllString(content, "")
}

var fence = regexp.MustCompile("(?ms)^[ ]*```([^\n]*)\n(.*?)^[ ]*```[ ]*$")

// frameBefore ends a text with the comment that belongs to the block behind it.
var frameBefore = regexp.MustCompile(`(?s)<!-- go: ((?:[^-]|-[^-])*)-->\s*\z`)

// block is a fenced Go block of a page.
type block struct {
	page  string
	line  int
	info  string // what follows "go" on the fence
	code  string
	frame string // what the comment before it says of the code around it
}

func goBlocks(t *testing.T, name string) []block {
	t.Helper()
	content := read(t, name)
	var out []block
	for _, m := range fence.FindAllStringSubmatchIndex(content, -1) {
		lang, info, _ := strings.Cut(strings.TrimSpace(content[m[2]:m[3]]), " ")
		if lang == "go" {
			b := block{page: name, line: 1 + strings.Count(content[:m[4]], "\n"), info: info, code: content[m[4]:m[5]]}
			if frame := frameBefore.FindStringSubmatch(content[:m[0]]); frame != nil {
				b.frame = frame[1]
			}
			out = append(out, b)
		}
	}
	return out
}

// whole tells a file from a fragment.
func (b block) whole() bool {
	return regexp.MustCompile(`(?m)^package \w+`).MatchString(b.code)
}

// path is the file that the block's first line names ("// src/tools/greet.go"), or "".
func (b block) path() string {
	if m := regexp.MustCompile(`^// ((?:[\w.-]+/)*[\w-]+\.go)\n`).FindStringSubmatch(b.code); m != nil {
		return m[1]
	}
	return ""
}

// TestGoBlocks: the Go code in the pages is valid and formatted, fragments
// included. A page of wrong code marks its blocks with a word after "go".
func TestGoBlocks(t *testing.T) {
	for _, name := range files(t, document) {
		for _, b := range goBlocks(t, name) {
			if b.info != "" {
				continue
			}
			if b.whole() {
				if _, err := parser.ParseFile(token.NewFileSet(), "", b.code, parser.ParseComments); err != nil {
					t.Errorf("%s:%d: %v", name, b.line, err)
				}
			}
			got, err := format.Source([]byte(b.code))
			if err != nil {
				t.Errorf("%s:%d: %v", name, b.line, err)
			} else if strings.TrimSpace(string(got)) != strings.TrimSpace(b.code) {
				t.Errorf("%s:%d: not formatted; gofmt writes:\n%s", name, b.line, got)
			}
		}
	}
}

const oneTool = `package tools

import (
	"context"

	xmcp "` + modulePath + `/runtime"
)

var OneMetadata = xmcp.ToolMetadata{}

// One does nothing.
func One(context.Context) error { return nil }
`

// moduleOf is the example whose modules a page needs: the first one, unless the page begins with <!-- module: examples/… -->. Of that one
// it shows the files themselves.
func moduleOf(t *testing.T, name string) string {
	t.Helper()
	if m := regexp.MustCompile(`\A<!-- module: (\S+) -->\n`).FindStringSubmatch(read(t, name)); m != nil {
		return m[1]
	}
	return examples(t)[0]
}

// TestPagesCompile: the whole files of a page make one app, which the generator
// accepts and the compiler and vet too, and whose tests pass. Its fragments compile beside it.
func TestPagesCompile(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "xmcpgo")
	if _, err := command(t, ".", nil, "go", "build", "-o", tool, "./cmd/xmcpgo"); err != nil {
		t.Fatal(err)
	}
	for _, name := range files(t, document) {
		app, example := map[string]string{}, moduleOf(t, name)
		for _, b := range goBlocks(t, name) {
			if b.info != "" {
				continue
			}
			if !b.whole() {
				app[fmt.Sprintf("fragment%d/file.go", b.line)] = framed(b.code, b.frame)
				continue
			}
			file := b.path()
			if file == "" {
				file = fmt.Sprintf("line%d/file.go", b.line)
			}
			if example != examples(t)[0] {
				own := strings.ReplaceAll(read(t, example+"/"+file), modulePath+"/"+example, "my-app")
				if diff := cmp.Diff("// "+file+"\n"+own, b.code); diff != "" {
					t.Errorf("%s:%d: %s/%s is another file (-example +page):\n%s", name, b.line, example, file, diff)
				}
			}
			if app[file] != "" {
				t.Errorf("%s:%d: %s is shown twice", name, b.line, file)
			}
			app[file] = b.code
		}
		if len(app) == 0 {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(app)), func(file string) bool { return strings.HasPrefix(file, "src/") }) {
			app["src/tools/one.go"] = oneTool // for the fragments of a page that shows no tool
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			base := root(t)
			module := parseModule(t, example)
			for _, err := range []error{
				module.AddModuleStmt("my-app"),
				module.AddReplace(modulePath, "", base, ""),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			gomod, err := module.Format()
			if err != nil {
				t.Fatal(err)
			}
			all := maps.Clone(app)
			all["go.mod"] = string(gomod)
			all["go.sum"] = read(t, example+"/go.sum")
			for file, content := range all {
				full := filepath.Join(dir, filepath.FromSlash(file))
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := commandIn(t, dir, nil, tool, "generate", "."); err != nil {
				t.Fatalf("xmcpgo generate: %v", err)
			}
			if _, err := commandIn(t, dir, []string{"GOFLAGS=-mod=mod"}, "go", "vet", "./..."); err != nil {
				t.Errorf("go vet: %v", err)
			}
			if slices.ContainsFunc(slices.Collect(maps.Keys(app)), func(file string) bool { return strings.HasSuffix(file, "_test.go") }) {
				if _, err := commandIn(t, dir, []string{"GOFLAGS=-mod=mod"}, "go", "test", "-vet=off", "./..."); err != nil {
					t.Errorf("go test: %v", err)
				}
			}
		})
	}
}

// TestSchemaExample: the first Go block of docs/schemas.md becomes the JSON behind it.
func TestSchemaExample(t *testing.T) {
	_, page, _ := strings.Cut(read(t, "docs/schemas.md"), "```go\n")
	types, rest, _ := strings.Cut(page, "```")
	_, rest, _ = strings.Cut(rest, "```json\n")
	shown, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/schemas.md has no example")
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": strings.ReplaceAll(strings.ReplaceAll(read(t, examples(t)[0]+"/go.mod"), "=> ../..", "=> "+root(t)), modulePath+"/"+examples(t)[0], "my-app"),
		"go.sum": read(t, examples(t)[0]+"/go.sum"),
		"src/tools/search.go": "package tools\n\nimport (\n\"context\"\n\nxmcp \"" + modulePath + "/runtime\"\n)\n\n" + types +
			"\nvar SearchMetadata = xmcp.ToolMetadata{}\n\n// Search searches.\nfunc Search(ctx context.Context, in SearchInput) (string, error) { return \"\", nil }\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := command(t, ".", nil, "go", "run", "./cmd/xmcpgo-generate", dir); err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Tools []struct {
			InputSchema any `json:"inputSchema"`
		} `json:"tools"`
	}
	var want any
	data, err := os.ReadFile(filepath.Join(dir, "xmcp.lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(json.Unmarshal(data, &lock), json.Unmarshal([]byte(shown), &want)); err != nil || len(lock.Tools) != 1 {
		t.Fatalf("%v\n%s", err, data)
	}
	if diff := cmp.Diff(want, lock.Tools[0].InputSchema); diff != "" {
		t.Errorf("the page shows another schema (-page +generated):\n%s", diff)
	}
}
