package render

import (
	"bytes"
	"fmt"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// imports gives each imported package a name that nothing else in the file has.
type imports struct {
	self   string
	taken  map[string]bool
	byPath map[string]string
	plain  map[string]string // the name that the package itself declares
}

func newImports(self string, taken []string) *imports {
	imp := &imports{self: self, taken: map[string]bool{}, byPath: map[string]string{}, plain: map[string]string{}}
	for _, name := range taken {
		imp.taken[name] = true
	}
	return imp
}

// fixed imports a package under the name that everybody uses for it.
func (imp *imports) fixed(pkgPath, name string) string {
	alias := imp.name(pkgPath, name)
	imp.plain[pkgPath] = path.Base(pkgPath)
	return alias
}

// name imports a package and returns its name in the file.
func (imp *imports) name(pkgPath, pkgName string) string {
	if name, ok := imp.byPath[pkgPath]; ok {
		return name
	}
	name := pkgName
	for i := 2; imp.taken[name] || reserved(name); i++ {
		name = pkgName + strconv.Itoa(i)
	}
	imp.taken[name] = true
	imp.byPath[pkgPath] = name
	imp.plain[pkgPath] = pkgName
	return name
}

// names are the names of all imported packages.
func (imp *imports) names() []string {
	var names []string
	for _, name := range imp.byPath {
		names = append(names, name)
	}
	return names
}

// write prints the import declaration, the standard library first.
func (imp *imports) write(b *bytes.Buffer) {
	var groups [2][]string
	for p := range imp.byPath {
		first, _, _ := strings.Cut(p, "/")
		group := 0
		if strings.Contains(first, ".") || imp.self == p || strings.HasPrefix(imp.self, first+"/") {
			group = 1
		}
		groups[group] = append(groups[group], p)
	}
	b.WriteString("import (\n")
	for i, group := range groups {
		slices.Sort(group)
		for _, p := range group {
			if alias := imp.byPath[p]; alias != imp.plain[p] || alias != path.Base(p) {
				fmt.Fprintf(b, "%s ", alias)
			}
			fmt.Fprintf(b, "%q\n", p)
		}
		if i == 0 && len(group) > 0 {
			b.WriteString("\n")
		}
	}
	b.WriteString(")\n\n")
}

func reserved(name string) bool { return token.IsKeyword(name) || predeclared[name] }

// predeclared identifiers (Go specification), which generated code must not hide from itself.
var predeclared = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string
		uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag len make max min new panic
		print println real recover`) {
		m[name] = true
	}
	return m
}()

// parameterNames names one parameter for each dependency: its type's name with a small first word, with its package's name in
// front where that is taken.
func parameterNames(deps []model.Dependency, taken []string) []string {
	used := map[string]int{}
	for _, d := range deps {
		used[lowerCamel(d.Type)]++
	}
	busy := map[string]bool{"r": true}
	for _, name := range taken {
		busy[name] = true
	}
	names := make([]string, len(deps))
	for i, d := range deps {
		name := lowerCamel(d.Type)
		if used[name] > 1 || busy[name] || reserved(name) {
			name = lowerCamel(d.Package.Name) + d.Type
		}
		for base, n := name, 2; busy[name] || reserved(name); n++ {
			name = base + strconv.Itoa(n)
		}
		busy[name] = true
		names[i] = name
	}
	return names
}

// lowerCamel lowers the first word: Notes becomes notes, HTTPClient becomes httpClient, DB becomes db, URLs becomes urls.
func lowerCamel(name string) string {
	runes := []rune(name)
	upper := func(i int) bool { return i >= len(runes) || unicode.IsUpper(runes[i]) }
	for i, r := range runes {
		plural := i+1 < len(runes) && runes[i+1] == 's' && upper(i+2)
		if !unicode.IsUpper(r) || i > 0 && !plural && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}
