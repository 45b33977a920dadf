package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// packages are what a fragment may use without saying so.
var packages = map[string]string{
	"apikey": modulePath + "/plugins/apikey", "context": "context", "errors": "errors", "http": "net/http", "httptest": "net/http/httptest",
	"io": "io", "mcpgo": modulePath + "/runtime/mcpgo", "oauth": modulePath + "/plugins/oauth", "os": "os", "scalekit": modulePath + "/plugins/scalekit",
	"scalekitdev": modulePath + "/plugins/scalekit/scalekitdev", "server": "github.com/mark3labs/mcp-go/server", "slog": "log/slog",
	"testing": "testing", "xmcp": modulePath + "/runtime", "xmcptest": modulePath + "/runtime/xmcptest",
}

// framed makes a file of a fragment: declarations as they are, statements in a function, an expression in a variable. What a reader
// knows from the text stands in a comment before the block: <!-- go: func(ctx context.Context) (string, error) --> is the function
// around it, and what follows on further lines are declarations beside it. Either may be left out.
func framed(fragment, frame string) string {
	frame = strings.TrimSpace(frame)
	signature, beside := "func(ctx context.Context)", frame
	if strings.HasPrefix(frame, "func(") {
		signature, beside, _ = strings.Cut(frame, "\n")
	}
	var body string
	if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+fragment, 0); err == nil {
		body = fragment
	} else if _, err := parser.ParseExpr(fragment); err == nil && !strings.HasPrefix(frame, "func(") {
		body = "var _ = " + fragment
	} else {
		body = "func _" + strings.TrimPrefix(signature, "func") + " {\n" + fragment + ending(fragment) + "\n}\n"
	}
	body = beside + "\n" + body
	imports := ""
	for name, path := range packages {
		if regexp.MustCompile(`(^|[^\w.])` + name + `\.[A-Z]`).MatchString(body) {
			imports += fmt.Sprintf("import %s %q\n", name, path)
		}
	}
	for _, m := range regexp.MustCompile(`(?:^|[^\w.])(src|tools)\.[A-Z]`).FindAllStringSubmatch(body, -1) {
		if path := map[string]string{"src": "my-app/src", "tools": "my-app/src/tools"}[m[1]]; !strings.Contains(imports, `"`+path+`"`) {
			imports += fmt.Sprintf("import %q\n", path)
		}
	}
	return "package fragment\n" + imports + body
}

// ending keeps the compiler from minding variables that only the text behind a block uses, and a result that it does not return.
func ending(fragment string) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+fragment+"\n}", 0)
	if err != nil {
		return ""
	}
	var out strings.Builder
	statements := file.Decls[0].(*ast.FuncDecl).Body.List
	for _, statement := range statements {
		if assign, ok := statement.(*ast.AssignStmt); ok && assign.Tok == token.DEFINE {
			for _, left := range assign.Lhs {
				if name := left.(*ast.Ident).Name; name != "_" {
					out.WriteString("\n_ = " + name)
				}
			}
		}
	}
	if len(statements) > 0 {
		if _, returns := statements[len(statements)-1].(*ast.ReturnStmt); returns {
			return out.String()
		}
	}
	return out.String() + "\npanic(\"the end\")"
}

func TestFramed(t *testing.T) {
	for _, tt := range []struct{ name, fragment, frame, want string }{
		{"declarations", "type T struct{}", "", "package fragment\n\ntype T struct{}"},
		{"an expression", "[]int{1}", "", "package fragment\n\nvar _ = []int{1}"},
		{"statements", "x := f()", "func(n int)\nfunc f() int { return 1 }", "package fragment\nfunc f() int { return 1 }\nfunc _(n int) {\nx := f()\n_ = x\npanic(\"the end\")\n}\n"},
		{"imports", "os.Exit(1)\nos.Exit(2)", "", "package fragment\nimport context \"context\"\nimport os \"os\"\n\nfunc _(ctx context.Context) {\nos.Exit(1)\nos.Exit(2)\npanic(\"the end\")\n}\n"},
	} {
		got := framed(tt.fragment, tt.frame)
		if tt.name == "imports" { // in any order
			got = strings.Replace(got, "import os \"os\"\nimport context \"context\"\n", "import context \"context\"\nimport os \"os\"\n", 1)
		}
		if got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}
