package schema

import (
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// text is a string whose bytes know where in the tag's value they come from. There is one offset more than bytes, for the end.
type text struct {
	s  string
	at []int
}

func (t text) slice(i, j int) text { return text{t.s[i:j], t.at[i : j+1]} }

func (t text) start() int { return t.at[0] }

func (t text) end() int { return t.at[len(t.at)-1] }

// pair is one key:"value" of a struct tag.
type pair struct {
	key   text
	value text
}

// problem is a mistake in a tag, from and to as offsets in the tag's value.
type problem struct {
	from, to            int
	warning             bool
	code, message, hint string
}

func (p problem) diagnostic(f *model.Field) diag.Diagnostic {
	pos := f.TagPosAt(p.from)
	if f.TagLit != "" {
		end := f.TagPosAt(p.to)
		pos.EndLine, pos.EndColumn = end.Line, end.Column
	}
	d := diag.Diagnostic{Code: p.code, Severity: diag.Error, Pos: pos, Message: p.message, Hint: p.hint}
	if p.warning {
		d.Severity = diag.Warning
	}
	return d
}

// fieldTag is what a field's tag says, before anybody asks whether it suits the field's type.
type fieldTag struct {
	json        jsonTag
	hidden      bool // jsonschema:"-"
	directives  []directive
	description *text // jsonschema_description
	extras      []directive
	schemaAt    text // the key jsonschema
	problems    []problem
}

type jsonTag struct {
	ignored             bool
	name                string // empty when there is none that encoding/json accepts
	omitEmpty, omitZero bool
	quoted              bool
	quotedAt            text
}

// directive is one comma-separated entry of a jsonschema tag.
type directive struct {
	name     text
	value    text
	hasValue bool
}

func (d directive) from() int { return d.name.start() }

func (d directive) String() string {
	if d.hasValue {
		return d.name.s + "=" + d.value.s
	}
	return d.name.s
}

// tagOf reads the tag of f.
func tagOf(f *model.Field) *fieldTag {
	t := &fieldTag{}
	pairs := t.parsePairs(f.Tag)
	for i, p := range pairs {
		if slices.ContainsFunc(pairs[:i], func(q pair) bool { return q.key.s == p.key.s }) {
			t.fail(p.key, codeTagSyntax, "struct tag has the key "+p.key.s+" twice", "only the first one counts: merge them")
			continue
		}
		switch p.key.s {
		case "json":
			t.parseJSON(f, p)
		case "jsonschema":
			t.schemaAt = p.key
			if p.value.s == "-" {
				t.hidden = true
				continue
			}
			t.directives = t.parseDirectives(p.value)
		case "jsonschema_description":
			t.description = &p.value
		case "jsonschema_extras":
			t.extras = t.parseDirectives(p.value)
		}
	}
	return t
}

func (t *fieldTag) fail(at text, code, message, hint string) {
	t.problems = append(t.problems, problem{from: at.start(), to: at.end(), code: code, message: message, hint: hint})
}

// parsePairs splits a tag by the convention of reflect.StructTag, and says where it is broken, since reflect stops there in silence.
func (t *fieldTag) parsePairs(tag string) []pair {
	whole := text{tag, make([]int, len(tag)+1)}
	for i := range whole.at {
		whole.at[i] = i
	}
	var pairs []pair
	const hint = "write json:\"name\" jsonschema:\"…\": no space behind the colon, one space between pairs"
	for i := 0; ; {
		for i < len(tag) && tag[i] == ' ' {
			i++
		}
		if i == len(tag) {
			return pairs
		}
		start := i
		for i < len(tag) && tag[i] > ' ' && tag[i] != ':' && tag[i] != '"' && tag[i] != 0x7f {
			i++
		}
		if i == start || i+1 >= len(tag) || tag[i] != ':' || tag[i+1] != '"' {
			t.fail(whole.slice(start, max(i, min(start+1, len(tag)))), codeTagSyntax, "struct tag is not made of key:\"value\" pairs", hint)
			return pairs
		}
		key := whole.slice(start, i)
		open := i + 1
		for i = open + 1; i < len(tag) && tag[i] != '"'; i++ {
			if tag[i] == '\\' {
				i++
			}
		}
		if i >= len(tag) {
			t.fail(whole.slice(open, len(tag)), codeTagSyntax, "value of "+key.s+" in the struct tag has no closing quote", hint)
			return pairs
		}
		i++
		value, offsets, ok := model.UnquoteOffsets(tag[open:i])
		if !ok {
			t.fail(whole.slice(open, i), codeTagSyntax, "value of "+key.s+" in the struct tag has a bad escape",
				`a backslash is written twice there: pattern=^\\d+$`)
			return pairs
		}
		for j := range offsets {
			offsets[j] += open
		}
		pairs = append(pairs, pair{key, text{value, offsets}})
	}
}

func (t *fieldTag) parseJSON(f *model.Field, p pair) {
	if p.value.s == "-" {
		t.json.ignored = true
		return
	}
	parts := splitAt(p.value, ',')
	name := parts[0]
	switch {
	case name.s == "":
	case validName(name.s):
		t.json.name = name.s
		if len(parts) == 1 && slices.Contains(jsonOptions, name.s) && !strings.EqualFold(f.Name, name.s) {
			t.problems = append(t.problems, problem{name.start(), name.end(), true, codeJSONOption,
				"the JSON name of " + f.Name + " is " + quote(name.s), "an option comes behind a comma: json:\"," + name.s + "\""})
		}
	default:
		t.fail(name, codeJSONName, "encoding/json does not accept the name "+quote(name.s)+" and uses "+f.Name, "names are letters, digits and punctuation other than quotes, backslash and comma")
	}
	for i, o := range parts[1:] {
		switch o.s {
		case "omitempty":
			t.json.omitEmpty = true
		case "omitzero":
			t.json.omitZero = true
		case "string":
			t.json.quoted, t.json.quotedAt = true, o
		case "":
			// json:"-," is how to name a field "-".
			if i != 0 || name.s != "-" {
				t.fail(text{"", []int{max(o.start()-1, 0), o.end()}}, codeJSONOption, "json tag has an empty option", "remove the comma")
			}
		case "inline":
			t.fail(o, codeJSONOption, "encoding/json has no option inline", "embed the struct instead")
		default:
			t.fail(o, codeJSONOption, "encoding/json has no option "+quote(o.s), didYouMean(strings.TrimSpace(o.s), jsonOptions, "options are omitempty, omitzero and string"))
		}
	}
}

var jsonOptions = []string{"omitempty", "omitzero", "string"}

// splitKeywords splits at commas that have no backslash before them; of an escaped comma the backslash goes away.
func splitKeywords(t text) []text {
	parts := []text{{}}
	for i := range len(t.s) {
		last := &parts[len(parts)-1]
		switch {
		case t.s[i] != ',':
			last.s += t.s[i : i+1]
			last.at = append(last.at, t.at[i])
		case strings.HasSuffix(last.s, `\`):
			last.s = last.s[:len(last.s)-1] + ","
		default:
			last.at = append(last.at, t.at[i])
			parts = append(parts, text{})
		}
	}
	last := &parts[len(parts)-1]
	last.at = append(last.at, t.end())
	return parts
}

// parseDirectives splits a jsonschema tag into its entries.
func (t *fieldTag) parseDirectives(value text) []directive {
	if value.s == "" {
		return nil
	}
	var ds []directive
	for _, part := range splitKeywords(value) {
		if part.s == "" {
			t.fail(text{"", []int{max(part.start()-1, value.start()), part.end()}}, codeEmpty, "empty keyword", "remove the comma")
			continue
		}
		d := directive{name: part, value: part.slice(len(part.s), len(part.s))}
		if i := strings.IndexByte(part.s, '='); i >= 0 {
			d.name, d.value, d.hasValue = part.slice(0, i), part.slice(i+1, len(part.s)), true
		}
		ds = append(ds, d)
	}
	return ds
}
