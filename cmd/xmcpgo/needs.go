package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// appNeeds are what an app's source says about its tools, for the commands around it. It is read without type checking, so
// only what is written as a literal is found.
type appNeeds struct {
	tools, scopes, permissions []string
}

// readNeeds reads the Go files below a src folder. Files that do not parse are the compiler's to report.
func readNeeds(src string) appNeeds {
	found := map[string]map[string]bool{"tools": {}, "scopes": {}, "permissions": {}}
	_ = filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, _ := kv.Key.(*ast.Ident)
				switch {
				case key == nil:
				case key.Name == "Scopes" || key.Name == "RequiredScopes":
					literals(kv.Value, found["scopes"])
				case key.Name == "Permissions":
					literals(kv.Value, found["permissions"])
				case key.Name == "Name" && isSelector(lit.Type, "ToolItem"):
					literals(kv.Value, found["tools"])
				}
			}
			return true
		})
		return nil
	})
	sorted := func(name string) []string { return slices.Sorted(maps.Keys(found[name])) }
	return appNeeds{sorted("tools"), sorted("scopes"), sorted("permissions")}
}

func isSelector(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && s.Sel.Name == name
}

// literals collects the strings in an expression.
func literals(e ast.Expr, into map[string]bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && s != "" {
				into[s] = true
			}
		}
		return true
	})
}
