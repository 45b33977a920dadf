package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

const guardComment = `
// What follows compiles to nothing. It compares the types above with what they were when this file was written; where
// it does not compile, a type has changed since: run go generate ./...
`

// guards prints one function without a name for each type, which the compiler checks and then drops.
func (w *packageWriter) guards() {
	if len(w.pkg.Guards) == 0 {
		return
	}
	w.b.WriteString(guardComment)
	for _, g := range w.pkg.Guards {
		name, _ := g.Type.Spell(w.imp.name, w.pkg.Path)
		alias := identifier(g.Type.String()) + "_changed_run_go_generate"
		fmt.Fprintf(&w.b, "\nfunc _() {\ntype %s = %s\n", alias, w.underlying(g.Type))
		switch g.Form {
		case model.ByValue:
			fmt.Fprintf(&w.b, "var _ %s = %s{}\n", alias, name)
		case model.ByPointer:
			fmt.Fprintf(&w.b, "_ = (*%s)((*%s)(nil))\n", alias, name)
		}
		for _, c := range g.Consts {
			w.constant(g.Type, c)
		}
		w.b.WriteString("}\n")
	}
}

// constant prints a map with the key false twice when the constant has another value, which the compiler refuses.
func (w *packageWriter) constant(t *model.Type, c model.Const) {
	name, value := c.Name, c.Value
	if t.PkgPath != w.pkg.Path {
		name = w.imp.name(t.PkgPath, t.PkgName) + "." + name
	}
	if t.Kind == model.String {
		value = strconv.Quote(value)
	}
	fmt.Fprintf(&w.b, "_ = map[bool]struct{}{false: {}, %s == %s: {}} // duplicate key: %s has changed, run go generate ./...\n", name, value, c.Name)
}

// underlying spells a struct with one field a line, so that a change of one field is a change of one line.
func (w *packageWriter) underlying(t *model.Type) string {
	if t.Kind != model.Struct || len(t.Fields) == 0 {
		text, _ := t.SpellUnderlying(w.imp.name, w.pkg.Path)
		return text
	}
	var b strings.Builder
	b.WriteString("struct {\n")
	for _, f := range t.Fields {
		if !f.Embedded {
			b.WriteString(f.Name + " ")
		}
		text, _ := f.Type.Spell(w.imp.name, w.pkg.Path)
		b.WriteString(text)
		if f.Tag != "" {
			b.WriteString(" " + model.QuoteTag(f.Tag))
		}
		b.WriteString("\n")
	}
	b.WriteString("}")
	return b.String()
}

// identifier makes a name of a type: Page[notes.Note] becomes Page_Note.
func identifier(typ string) string {
	var words []string
	for _, word := range strings.FieldsFunc(typ, func(r rune) bool { return r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words = append(words, word[strings.LastIndexByte(word, '.')+1:])
	}
	return strings.Join(words, "_")
}
