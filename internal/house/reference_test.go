package house

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the reference pages")

// TestReferencePages holds the pages that are written from the code equal to what the code says now.
func TestReferencePages(t *testing.T) {
	for _, page := range []struct {
		name  string
		write func(*testing.T) string
	}{
		{"docs/cli.md", commandReference},
		{"docs/settings.md", settingsReference},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			want := page.write(t)
			path := filepath.Join(root(t), filepath.FromSlash(page.name))
			if *update {
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, read(t, page.name)); diff != "" {
				t.Errorf("run `go test ./internal/house -run TestReferencePages -update` (-code +page):\n%s", diff)
			}
		})
	}
}

// commandReference asks the command for its help, and each of its commands.
func commandReference(t *testing.T) string {
	overview := helpOf(t, "./cmd/xmcpgo", "help")
	var b strings.Builder
	b.WriteString("# The command\n\n" +
		"What `xmcpgo help` and `xmcpgo help COMMAND` print; a test keeps this page equal to it. Inside an app the command is `go tool xmcpgo`, in the version that\n" +
		"its go.mod names; elsewhere it is `xmcpgo`, which `go install ./cmd/xmcpgo` in a checkout installs. Flags take one dash or two, and stand anywhere on the line.\n\n" +
		"| command | |\n| --- | --- |\n")
	commands := listed(section(overview, "Commands:"))
	for _, c := range commands {
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s |\n", c.term, cell(c.text))
	}
	for _, c := range commands {
		help := helpOf(t, "./cmd/xmcpgo", "help", c.term)
		about, _, _ := strings.Cut(help, "\n\nUsage:\n")
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```text\n%s\n```\n\n", c.term, safe(about), section(help, "Usage:"))
		writeTable(&b, "flag", listed(section(help, "Flags:")))
		fmt.Fprintf(&b, "\n```sh\n%s\n```\n\nExit codes: %s\n", section(help, "Examples:"), section(help, "Exit codes:"))
	}
	return b.String()
}

// settingsReference joins what a server prints as its help with the comments of the types that configure it.
func settingsReference(t *testing.T) string {
	help := helpOf(t, "./examples/hello", "--help")
	var b strings.Builder
	b.WriteString("# Settings\n\n" +
		"Every setting there is, written from the code; a test keeps this page equal to it. How they work together is in [configuration](configuration.md).\n\n" +
		"## Flags and variables\n\n" +
		"`go run . --help` prints them with the defaults of your app. The variable of a flag stands in parentheses.\n\n")
	writeTable(&b, "flag", listed(section(help, "Flags:")))
	b.WriteString("\n")
	writeTable(&b, "variable only", listed(section(help, "Environment, read from .env as well:")))
	for _, s := range []struct{ title, file, typ, note string }{
		{"xmcp.Config", "runtime/config.go", "Config", ""},
		{"xmcp.Limits", "runtime/config.go", "Limits", ""},
		{"scalekit.Config", "plugins/scalekit/config.go", "Config", variables(t, "plugins/scalekit/config.go")},
		{"oauth.Config", "plugins/oauth/config.go", "Config", ""},
		{"apikey.Config", "plugins/apikey/config.go", "Config", variables(t, "plugins/apikey/config.go")},
		{"apikey.Key", "plugins/apikey/config.go", "Key", ""},
	} {
		about, fields := structFields(t, s.file, s.typ)
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n%s", s.title, cell(about), s.note)
		writeTable(&b, "field", fields)
	}
	return b.String()
}

// entry is a line of a help, or a field of a struct, with what is said of it.
type entry struct{ term, text string }

func writeTable(b *strings.Builder, head string, entries []entry) {
	fmt.Fprintf(b, "| %s | |\n| --- | --- |\n", head)
	for _, e := range entries {
		fmt.Fprintf(b, "| `%s` | %s |\n", strings.ReplaceAll(e.term, "|", `\|`), cell(e.text))
	}
}

// cell makes text safe inside a row, and code of the names that a comment links to.
func cell(text string) string {
	text = strings.ReplaceAll(safe(strings.Join(strings.Fields(text), " ")), "|", `\|`)
	return regexp.MustCompile(`\[([A-Za-z][\w.]*)\]`).ReplaceAllString(text, "`$1`")
}

// safe escapes what Markdown would take for markup.
func safe(text string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "*", `\*`).Replace(html.EscapeString(text))
}

// helpOf runs a program of the repository without settings from outside.
func helpOf(t *testing.T, pkg string, args ...string) string {
	t.Helper()
	var env []string
	for _, name := range []string{"HOST", "PORT", "BASE_URL", "ALLOWED_HOSTS", "ALLOWED_ORIGINS"} {
		env = append(env, name+"=")
	}
	out, err := command(t, pkg, env, "go", append([]string{"run", "."}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// section is what follows a line of a help up to the next empty one, without its indentation.
func section(help, title string) string {
	_, rest, _ := strings.Cut("\n"+help, "\n"+title+"\n")
	rest, _, _ = strings.Cut(rest, "\n\n")
	return regexp.MustCompile(`(?m)^ {2}`).ReplaceAllString(strings.TrimRight(rest, "\n"), "")
}

// listed cuts the lines of a section at the column where the texts begin: a flag and its value are in capitals, texts are not.
func listed(text string) []entry {
	line := regexp.MustCompile(`^(\S+(?: [A-Z][\w:=./-]*)?) +(.*)$`)
	var out []entry
	for l := range strings.Lines(text) {
		if m := line.FindStringSubmatch(strings.TrimRight(l, "\n")); m != nil {
			out = append(out, entry{m[1], m[2]})
		}
	}
	return out
}

// structFields reads the comments of a struct and of its exported fields. A field without a comment of its own is led to the one
// that speaks of it.
func structFields(t *testing.T, file, name string) (about string, fields []entry) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, read(t, file), parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range parsed.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.TYPE {
			continue
		}
		spec := group.Specs[0].(*ast.TypeSpec)
		structure, ok := spec.Type.(*ast.StructType)
		if !ok || spec.Name.Name != name {
			continue
		}
		for _, field := range structure.Fields.List {
			var names []string
			for _, n := range field.Names {
				if n.IsExported() {
					names = append(names, n.Name)
				}
			}
			if len(names) == 0 {
				continue
			}
			var typ strings.Builder
			if err := printer.Fprint(&typ, set, field.Type); err != nil {
				t.Fatal(err)
			}
			term := strings.Join(names, ", ") + " " + typ.String()
			text := field.Doc.Text()
			for _, f := range fields {
				if spoken, _ := regexp.MatchString(`\b`+names[0]+`\b`, f.text); spoken && text == "" {
					first, _, _ := strings.Cut(strings.Fields(f.term)[0], ",")
					text = "see " + first
				}
			}
			fields = append(fields, entry{term, text})
		}
		return group.Doc.Text(), fields
	}
	t.Fatalf("%s has no struct %s", file, name)
	return "", nil
}

// variables names the environment variables that a plugin's FromEnv reads: its constants whose names begin with Env.
func variables(t *testing.T, file string) string {
	t.Helper()
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^(?:const|\t)\s*Env\w+\s*= "(\w+)"`).FindAllStringSubmatch(read(t, file), -1) {
		names = append(names, "`"+m[1]+"`")
	}
	if len(names) == 0 {
		t.Fatalf("%s names no variable", file)
	}
	return "`FromEnv` takes them from the environment: " + strings.Join(names, ", ") + ".\n\n"
}
