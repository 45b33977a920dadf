// Package drift decides how generated code notices that the types it was generated from have changed.
//
// A type that the package of the generated code can spell in full is compared by the compiler ([model.Guard]). One that it can only name (a
// struct of another package with unexported fields, or a type of another module) is compared when the server starts
// ([model.Fingerprint]). A type with JSON or text methods of its own needs neither: its fields never show.
package drift

import (
	"cmp"
	"slices"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Watch fills in the guards and fingerprints of a package, sorted by the types' names.
func Watch(p *model.Package, module string) {
	w := watcher{pkg: p, seen: map[*model.Type]bool{}, prints: map[string]*model.Type{}}
	for _, it := range p.Items {
		w.walk(it.In, it.In)
		if it.Result == model.JSON {
			w.walk(it.Out, it.Out)
		}
	}
	slices.SortFunc(w.guards, func(a, b model.Guard) int { return compare(a.Type, b.Type) })
	p.Guards = w.guards
	p.Fingerprints = nil
	for _, t := range w.prints {
		p.Fingerprints = append(p.Fingerprints, model.Fingerprint{Type: t, Hash: Hash(t, module)})
	}
	slices.SortFunc(p.Fingerprints, func(a, b model.Fingerprint) int { return compare(a.Type, b.Type) })
}

// compare puts the package's own types first.
func compare(a, b *model.Type) int {
	return cmp.Or(cmp.Compare(a.PkgPath, b.PkgPath), cmp.Compare(a.ID, b.ID), cmp.Compare(a.String(), b.String()))
}

type watcher struct {
	pkg    *model.Package
	seen   map[*model.Type]bool
	guards []model.Guard
	prints map[string]*model.Type
}

// walk watches t and what it reaches. anchor is the nearest type around it that can be named here.
func (w *watcher) walk(t, anchor *model.Type) {
	if t == nil || w.seen[t] {
		return
	}
	w.seen[t] = true
	if !t.Named() {
		w.walkParts(t, anchor)
		return
	}
	if t.PkgPath == "" || t.Std || ownJSON(t) || !hasShape(t.Kind) {
		return
	}
	if _, ok := t.Spell(plain, w.pkg.Path); !ok {
		w.print(anchor)
		return
	}
	if _, ok := t.SpellUnderlying(plain, w.pkg.Path); !ok || !t.InModule {
		w.print(t)
		return
	}
	w.guards = append(w.guards, w.guard(t))
	w.walkParts(t, t)
}

func (w *watcher) walkParts(t, anchor *model.Type) {
	w.walk(t.Elem, anchor)
	w.walk(t.Key, anchor)
	for _, f := range t.Fields {
		if f.Exported || f.Embedded {
			w.walk(f.Type, anchor)
		}
	}
}

// print takes the fingerprint of t, if it can be named.
func (w *watcher) print(t *model.Type) {
	if text, ok := t.Spell(plain, w.pkg.Path); ok {
		key := t.ID
		if key == "" {
			key = text
		}
		w.prints[key] = t
	}
}

func (w *watcher) guard(t *model.Type) model.Guard {
	g := model.Guard{Type: t, Form: model.ByPointer}
	switch t.Kind {
	case model.Struct, model.Array, model.Slice, model.Map:
		g.Form = model.ByValue
	}
	if len(t.Consts) < 2 || slices.ContainsFunc(t.Consts, func(c model.Const) bool { return c.Computed }) {
		return g
	}
	for _, c := range t.Consts {
		if c.Exported || t.PkgPath == w.pkg.Path && c.Name != "_" {
			g.Consts = append(g.Consts, c)
		}
	}
	return g
}

// ownJSON reports whether values of t are read and written by methods, so that its shape does not matter.
func ownJSON(t *model.Type) bool {
	m := t.Methods
	return m.JSONSchema.Has() || (m.MarshalJSON.Has() || m.MarshalText.Has()) && (m.UnmarshalJSON.Has() || m.UnmarshalText.Has())
}

// hasShape leaves out what JSON has no fixed shape for.
func hasShape(k model.Kind) bool {
	switch k {
	case model.Invalid, model.Interface, model.Chan, model.Func, model.UnsafePointer:
		return false
	}
	return true
}

func plain(_, name string) string { return name }
