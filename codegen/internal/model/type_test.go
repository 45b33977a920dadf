package model

import (
	"strconv"
	"testing"
)

func byName(_, name string) string { return name }

func named(path, pkg, name string, exported bool) *Type {
	return &Type{Kind: Struct, PkgPath: path, PkgName: pkg, Name: name, Exported: exported}
}

func TestSpell(t *testing.T) {
	point := named("app/geo", "geo", "Point", true)
	hidden := named("app/geo", "geo", "point", false)
	page := named("app/tools", "tools", "Page", true)
	page.TypeArgs = []*Type{{Kind: String}, {Kind: Pointer, Elem: point}}
	chanOf := func(dir ChanDir, e *Type) *Type { return &Type{Kind: Chan, Dir: dir, Elem: e} }
	integer := &Type{Kind: Int}
	tests := []struct {
		name string
		typ  *Type
		want string
		ok   bool
	}{
		{"basic", integer, "int", true},
		{"predeclared", &Type{Kind: Interface, Name: "error"}, "error", true},
		{"any", &Type{Kind: Interface}, "any", true},
		{"other package", point, "geo.Point", true},
		{"unexported there", hidden, "geo.point", false},
		{"generic", page, "Page[string, *geo.Point]", true},
		{"composite", &Type{Kind: Map, Key: &Type{Kind: String}, Elem: &Type{Kind: Slice, Elem: &Type{Kind: Array, Len: 3, Elem: point}}}, "map[string][][3]geo.Point", true},
		{"channels", chanOf(SendRecv, chanOf(RecvOnly, chanOf(SendOnly, integer))), "chan (<-chan chan<- int)", true},
		{"func", &Type{Kind: Func, Params: []*Type{integer, {Kind: Slice, Elem: integer}}, Variadic: true, Results: []*Type{point, {Kind: Bool}}}, "func(int, ...int) (geo.Point, bool)", true},
		{"func of one result", &Type{Kind: Func, Results: []*Type{integer}}, "func() int", true},
		{"interface", &Type{Kind: Interface, Interface: []*Method{{Name: "Close", Exported: true, Func: &Type{Kind: Func}}}}, "interface{ Close() }", true},
		{"foreign unexported method", &Type{Kind: Interface, Interface: []*Method{{Name: "close", PkgPath: "app/geo", Func: &Type{Kind: Func}}}}, "interface{ close() }", false},
		{"constraint", &Type{Kind: Interface, Comparable: true}, "any", false},
		{"struct", &Type{Kind: Struct, Fields: []*Field{
			{Name: "A", Exported: true, Type: integer, Tag: `json:"a"`},
			{Name: "Point", Exported: true, Embedded: true, Type: point},
			{Name: "b", PkgPath: "app/tools", Type: integer, Tag: "back`tick"},
		}}, "struct{ A int `json:\"a\"`; geo.Point; b int \"back`tick\" }", true},
		{"empty struct", &Type{Kind: Struct}, "struct{}", true},
		{"foreign unexported field", &Type{Kind: Struct, Fields: []*Field{{Name: "a", PkgPath: "app/geo", Type: integer}}}, "struct{ a int }", false},
		{"shallow", &Type{Kind: Struct, Shallow: true}, "struct{}", false},
		{"unsafe", &Type{Kind: UnsafePointer}, "unsafe.Pointer", true},
		{"invalid", &Type{Kind: Invalid}, "any", false},
		{"local", &Type{Kind: Int, Name: "T", PkgPath: "app/tools", PkgName: "tools", Local: true}, "T", false},
		{"main", named("app", "main", "T", true), "main.T", false},
		{"internal below the same parent", named("app/internal/x", "x", "T", true), "x.T", true},
		{"internal elsewhere", named("lib/internal/x", "x", "T", true), "x.T", false},
		{"internal of the standard library", named("internal/abi", "abi", "T", true), "abi.T", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.typ.Spell(byName, "app/tools")
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %s, %v, want %s, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestSpellUnderlyingLeavesTheNameOut(t *testing.T) {
	typ := named("app/tools", "tools", "T", true)
	typ.Fields = []*Field{{Name: "Next", Exported: true, Type: &Type{Kind: Pointer, Elem: typ}}}
	if got, ok := typ.SpellUnderlying(byName, "app/tools"); got != "struct{ Next *T }" || !ok {
		t.Errorf("got %s, %v", got, ok)
	}
}

func TestTagPosAtFollowsTheLiteral(t *testing.T) {
	at := Pos{File: "a.go", Line: 7, Column: 10}
	tests := []struct {
		name, lit string
		off       int
		want      Pos
	}{
		{"raw", "`json:\"a\"`", 5, Pos{File: "a.go", Line: 7, Column: 16}},
		{"quoted", `"json:\"a\""`, 6, Pos{File: "a.go", Line: 7, Column: 18}},
		{"end", "`ab`", 2, Pos{File: "a.go", Line: 7, Column: 13}},
		{"next line", "`a\nbc`", 3, Pos{File: "a.go", Line: 8, Column: 2}},
		{"outside", "`ab`", 9, at},
		{"escape of several bytes", `"\u00e9x"`, 2, Pos{File: "a.go", Line: 7, Column: 17}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tag, err := strconv.Unquote(tt.lit)
			if err != nil {
				t.Fatal(err)
			}
			f := &Field{Tag: tag, TagLit: tt.lit, TagPos: at, Pos: Pos{File: "a.go", Line: 7, Column: 2}}
			if got := f.TagPosAt(tt.off); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	f := &Field{Tag: "x", Pos: Pos{File: "a.go", Line: 1}}
	if got := f.TagPosAt(0); got != f.Pos {
		t.Errorf("without a literal: got %v, want %v", got, f.Pos)
	}
}

func TestKinds(t *testing.T) {
	for k := Invalid; k <= Func; k++ {
		if k.IsInteger() != (k.IsSigned() || k.IsUnsigned()) || (k.IsInteger() || k.IsFloat()) != (k.Bits() > 0) {
			t.Errorf("%v: signed %v, unsigned %v, integer %v, float %v, bits %d", k, k.IsSigned(), k.IsUnsigned(), k.IsInteger(), k.IsFloat(), k.Bits())
		}
	}
	if Kind(200).String() != "invalid" || Uint16.Bits() != 16 || Uintptr.String() != "uintptr" {
		t.Error("kinds are out of step with their names")
	}
}
