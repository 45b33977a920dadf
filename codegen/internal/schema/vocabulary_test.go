package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestVocabularyIsThatOfTheReflector reads from the source of invopop/jsonschema which keywords its tags have, on which types,
// and looks for each of them here, so that another release of it leaves no word behind.
func TestVocabularyIsThatOfTheReflector(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/invopop/jsonschema").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "reflect.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string][]string{
		"genericKeywords": nil, "stringKeywords": {"string"}, "numericalKeywords": {"integer", "number"}, "booleanKeywords": {"boolean"}, "arrayKeywords": {"array"},
	}
	read := 0
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		shapes, ok := types[f.Name.Name]
		if !ok {
			continue
		}
		delete(types, f.Name.Name)
		for _, word := range words(f) {
			read++
			switch {
			case shapes == nil:
				if !slices.Contains(genericKeywords, word) {
					t.Errorf("no keyword %s", word)
				}
			case keywordTypes[word] == nil:
				t.Errorf("no keyword %s on %s", word, shapes)
			case f.Name.Name == "arrayKeywords" && (word == "format" || word == "pattern"): // said of the items
			default:
				for _, shape := range shapes {
					if !slices.Contains(keywordTypes[word], shape) {
						t.Errorf("keyword %s does not apply to %s", word, shape)
					}
				}
			}
		}
	}
	for name := range types {
		t.Errorf("the Reflector has no method %s any more", name)
	}
	for _, word := range []string{"required", "nullable"} {
		if !slices.Contains(bareKeywords, word) {
			t.Errorf("no keyword %s", word)
		}
	}
	if read < 30 {
		t.Errorf("only %d keywords are read", read)
	}
	t.Logf("%d keywords read, %d known", read, len(allKeywords))
}

// words are the texts with which a method compares the name of a keyword.
func words(f *ast.FuncDecl) (list []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		var by ast.Expr
		var compared []ast.Expr
		switch n := n.(type) {
		case *ast.SwitchStmt:
			by = n.Tag
			for _, clause := range n.Body.List {
				compared = append(compared, clause.(*ast.CaseClause).List...)
			}
		case *ast.BinaryExpr:
			by, compared = n.X, []ast.Expr{n.Y}
		}
		if id, ok := by.(*ast.Ident); !ok || id.Name != "name" {
			return true
		}
		for _, e := range compared {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					list = append(list, s)
				}
			}
		}
		return true
	})
	return list
}

// TestLevelsAreReadAsBySlog compares with the type that the generator does not link.
func TestLevelsAreReadAsBySlog(t *testing.T) {
	for _, s := range []string{"INFO", "info", "Warn", "DEBUG-4", "error+12", "ERROR+-1", "INFO+", "INFO 1", "LOUD", "", "0", "+1", " INFO", "INFO\n", "INFO+0x1", "INFO+99999999999999999999"} {
		want := new(slog.Level).UnmarshalText([]byte(s)) == nil
		if got := readLevel([]byte(s)) == nil; got != want {
			t.Errorf("%q: read %v, by slog %v", s, got, want)
		}
	}
}
