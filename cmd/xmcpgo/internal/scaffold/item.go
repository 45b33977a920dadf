package scaffold

import (
	"fmt"
	"go/build"
	"go/token"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/xmcpgo/xmcpgo/codegen"
)

// Kinds are the kinds of items that can be added.
func Kinds() []string { return []string{"tool", "prompt", "resource"} }

// Item is a tool, prompt or resource to be added to an app.
type Item struct {
	Kind string // one of [Kinds]
	// Name as clients see it, "get_thing", and Func as the handler is called, "GetThing".
	Name, Func string
	// Folder below the app, "src/tools/users", and the last part of it as the name of a new package.
	Folder, Package string
}

// ParseItem reads a name as people write it: "get_thing", "get-thing" or "GetThing", with folders before it, "users/get_thing".
func ParseItem(kind, name string) (Item, error) {
	it := Item{Kind: kind, Folder: path.Join("src", kind+"s")}
	folders := strings.Split(name, "/")
	last := folders[len(folders)-1]
	for _, f := range folders[:len(folders)-1] {
		// The go command does not look into folders that begin with "_".
		if !token.IsIdentifier(f) || f[0] == '_' || strings.ToLower(f) != f || !ascii(f) || slices.Contains([]string{"internal", "testdata", "vendor", "main"}, f) {
			return it, fmt.Errorf("the folder %q cannot be a package: lower-case letters, digits and _ make one, beginning with a letter", f)
		}
		it.Folder = path.Join(it.Folder, f)
	}
	it.Package = path.Base(it.Folder)
	it.Name = codegen.ItemName(strings.ReplaceAll(last, "-", "_"))
	if !token.IsIdentifier(it.Name) && !token.IsKeyword(it.Name) || !ascii(it.Name) || it.Name == "_" || len(it.Name) > maxName {
		return it, fmt.Errorf("%q is no name for a %s: take letters, digits and _, beginning with a letter, at most %d of them", last, kind, maxName)
	}
	it.Func = camelCase(it.Name)
	return it, nil
}

// maxName is how long the name of a tool may be (MCP 2026-07-28, server/tools).
const maxName = 64

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// File is the path of the item's file in the app, TestFile that of its test.
func (it Item) File() string     { return path.Join(it.Folder, it.stem()+".go") }
func (it Item) TestFile() string { return path.Join(it.Folder, it.stem()+"_test.go") }

// stem avoids names that mean something to the go command: get_linux.go is for one system, run_test.go a test.
func (it Item) stem() string {
	ctx := build.Context{GOOS: "none", GOARCH: "none", Compiler: "gc", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p\n")), nil
	}}
	if fits, err := ctx.MatchFile(".", it.Name+".go"); err != nil || !fits || strings.HasSuffix(it.Name, "_test") {
		return strings.ReplaceAll(it.Name, "_", "")
	}
	return it.Name
}

// Files are the item's file and its test in the package that is named. A direct test calls the handler and nothing else, for packages
// whose registration needs values or callers.
func (it Item) Files(pkg string, direct bool) (map[string][]byte, error) {
	name, test := "", "_test.go.tmpl"
	if codegen.ItemName(it.Func) != it.Name {
		name = fmt.Sprintf("\tName: %q,\n", it.Name)
	}
	if direct {
		test = "_direct_test.go.tmpl"
	}
	fill := strings.NewReplacer(
		"[[.Package]]", pkg,
		"[[.Func]]", it.Func,
		"[[.Name]]", it.Name,
		"[[.ItemName]]", name,
		"[[.Title]]", title(it.Name),
		"[[.URI]]", "app://"+strings.ReplaceAll(it.Name, "_", "-"),
	)
	files := map[string][]byte{}
	for file, source := range map[string]string{it.File(): ".go.tmpl", it.TestFile(): test} {
		content, err := render(file, fill.Replace(string(part("item/"+it.Kind+source))), Params{})
		if err != nil {
			return nil, fmt.Errorf("make %s: %w", file, err)
		}
		files[file] = content
	}
	return files, nil
}

// camelCase is a Go name whose snake case is the name, with initialisms where that rule still holds.
func camelCase(name string) string {
	words := strings.Split(name, "_")
	var usual, plain strings.Builder
	for _, w := range words {
		if w == "" {
			continue
		}
		capital := strings.ToUpper(w[:1]) + w[1:]
		plain.WriteString(capital)
		if slices.Contains(initialisms, w) {
			capital = strings.ToUpper(w)
		}
		usual.WriteString(capital)
	}
	if codegen.ItemName(usual.String()) == name {
		return usual.String()
	}
	return plain.String()
}

// title is the name for people: "Get thing".
func title(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words {
		if slices.Contains(initialisms, w) {
			words[i] = strings.ToUpper(w)
		}
	}
	text := strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// initialisms are written in capitals in Go names.
var initialisms = []string{"api", "csv", "db", "dns", "html", "http", "https", "id", "ip", "json", "jwt", "pdf", "sql", "ssh", "tcp", "tls", "ui", "uri", "url", "utf8",
	"uuid", "xml", "yaml"}
