package model

import (
	"strconv"
	"strings"
)

// Qualifier returns the identifier under which a file imports a package.
type Qualifier func(pkgPath, pkgName string) string

// Spell writes t as Go source for a file of the package from. It reports false when the language does not let that package
// name it: an unexported or local type, or one of an internal or main package that it cannot import.
func (t *Type) Spell(qualify Qualifier, from string) (string, bool) {
	s := speller{qualify: qualify, from: from, ok: true}
	s.typ(t)
	return s.b.String(), s.ok
}

// SpellUnderlying is [Type.Spell] for the underlying type: of a declared struct it writes the anonymous struct that is
// identical to it, tags included.
func (t *Type) SpellUnderlying(qualify Qualifier, from string) (string, bool) {
	s := speller{qualify: qualify, from: from, ok: true}
	s.literal(t)
	return s.b.String(), s.ok
}

type speller struct {
	b       strings.Builder
	qualify Qualifier
	from    string
	ok      bool
}

func (s *speller) typ(t *Type) {
	if !t.Named() {
		s.literal(t)
		return
	}
	if t.PkgPath == "" { // predeclared: error, comparable
		s.b.WriteString(t.Name)
		return
	}
	if t.Local || t.PkgPath != s.from && (!t.Exported || t.PkgName == "main" || !canImport(s.from, t.PkgPath)) {
		s.ok = false
	}
	if t.PkgPath != s.from {
		s.b.WriteString(s.qualify(t.PkgPath, t.PkgName))
		s.b.WriteByte('.')
	}
	s.b.WriteString(t.Name)
	for i, a := range t.TypeArgs {
		s.b.WriteString([]string{"[", ", "}[min(i, 1)])
		s.typ(a)
	}
	if len(t.TypeArgs) > 0 {
		s.b.WriteByte(']')
	}
}

func (s *speller) literal(t *Type) {
	switch t.Kind {
	case Invalid:
		s.ok = false
		s.b.WriteString("any")
	case Array:
		s.b.WriteString("[" + strconv.FormatInt(t.Len, 10) + "]")
		s.typ(t.Elem)
	case Slice:
		s.b.WriteString("[]")
		s.typ(t.Elem)
	case Map:
		s.b.WriteString("map[")
		s.typ(t.Key)
		s.b.WriteByte(']')
		s.typ(t.Elem)
	case Pointer:
		s.b.WriteByte('*')
		s.typ(t.Elem)
	case Chan:
		s.channel(t)
	case Func:
		s.b.WriteString("func")
		s.signature(t)
	case Struct:
		s.structure(t)
	case Interface:
		s.iface(t)
	case UnsafePointer:
		s.b.WriteString(s.qualify("unsafe", "unsafe") + ".Pointer")
	default:
		s.b.WriteString(t.Kind.String())
	}
}

func (s *speller) channel(t *Type) {
	s.b.WriteString([]string{"chan ", "chan<- ", "<-chan "}[t.Dir])
	// chan (<-chan T) would otherwise read as (chan<- chan) T.
	if !t.Elem.Named() && t.Elem.Kind == Chan && t.Elem.Dir == RecvOnly {
		s.b.WriteByte('(')
		s.typ(t.Elem)
		s.b.WriteByte(')')
		return
	}
	s.typ(t.Elem)
}

func (s *speller) signature(t *Type) {
	s.b.WriteByte('(')
	for i, p := range t.Params {
		if i > 0 {
			s.b.WriteString(", ")
		}
		if t.Variadic && i == len(t.Params)-1 {
			s.b.WriteString("...")
			p = p.Elem
		}
		s.typ(p)
	}
	s.b.WriteByte(')')
	switch len(t.Results) {
	case 0:
		return
	case 1:
		s.b.WriteByte(' ')
		s.typ(t.Results[0])
		return
	}
	s.b.WriteString(" (")
	for i, r := range t.Results {
		if i > 0 {
			s.b.WriteString(", ")
		}
		s.typ(r)
	}
	s.b.WriteByte(')')
}

func (s *speller) structure(t *Type) {
	if t.Shallow || t.Partial {
		s.ok = false
	}
	s.b.WriteString("struct{")
	for i, f := range t.Fields {
		s.b.WriteString([]string{" ", "; "}[min(i, 1)])
		if !f.Exported && f.PkgPath != s.from {
			s.ok = false
		}
		if !f.Embedded {
			s.b.WriteString(f.Name + " ")
		}
		s.typ(f.Type)
		if f.Tag != "" {
			s.b.WriteString(" " + QuoteTag(f.Tag))
		}
	}
	if len(t.Fields) > 0 {
		s.b.WriteByte(' ')
	}
	s.b.WriteByte('}')
}

// QuoteTag writes a struct tag as a literal, in the raw form that people write where it has one.
func QuoteTag(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}

func (s *speller) iface(t *Type) {
	if t.Comparable {
		s.ok = false
	}
	if len(t.Interface) == 0 {
		s.b.WriteString("any")
		return
	}
	s.b.WriteString("interface{")
	for i, m := range t.Interface {
		s.b.WriteString([]string{" ", "; "}[min(i, 1)])
		if !m.Exported && m.PkgPath != s.from {
			s.ok = false
		}
		s.b.WriteString(m.Name)
		s.signature(m.Func)
	}
	s.b.WriteString(" }")
}

// canImport applies the rule for internal packages: the code that imports them must lie below the parent of the internal
// folder (go command, "Internal Directories").
func canImport(from, path string) bool {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return true
	}
	parent := strings.TrimSuffix(path[:max(i-1, 0)], "/")
	if parent == "" { // the standard library's own
		return false
	}
	return from == parent || strings.HasPrefix(from, parent+"/")
}

// String is t for messages: types of other packages carry their package's name.
func (t *Type) String() string {
	text, _ := t.Spell(func(_, name string) string { return name }, "")
	return text
}
