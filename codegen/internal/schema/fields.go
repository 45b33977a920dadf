package schema

import (
	"slices"
	"strings"
	"unicode"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// jsonField is a field of a struct's JSON object.
type jsonField struct {
	name   string
	tagged bool
	field  *model.Field
	owner  *model.Type // the struct that declares it
	index  []int
	// indirect says that the field is promoted through an embedded pointer, without which it is not written.
	indirect  bool
	hidden    bool // by jsonschema:"-" on it or on a struct it is promoted from
	omitEmpty bool
	omitZero  bool
	quoted    bool // by the string option
	// blocked is the embedded pointer to an unexported struct that encoding/json can't fill.
	blocked *model.Field
}

// conflict is a name that several fields claim with equal right, so that encoding/json drops them all.
type conflict struct {
	name   string
	fields []jsonField
}

// jsonFields applies the rules of encoding/json (Marshal, "The Go visibility rules for struct fields are amended for JSON") and
// returns the fields in the order in which they are written.
func jsonFields(t *model.Type, tagOf func(*model.Field) *fieldTag) (fields []jsonField, conflicts []conflict) {
	var all []jsonField
	seen := map[*model.Type]bool{}
	level := []jsonField{{field: &model.Field{Type: t}}}
	for len(level) > 0 {
		var next []jsonField
		// A struct that is embedded twice on one level has each field twice, so they annihilate each other.
		here := map[*model.Type]int{}
		for _, e := range level {
			here[structOf(e.field.Type)]++
		}
		for _, e := range level {
			s := structOf(e.field.Type)
			if seen[s] {
				continue
			}
			seen[s] = true
			for i, f := range s.Fields {
				found, descend, ok := classify(e, s, f, i, tagOf(f))
				switch {
				case !ok:
				case descend:
					next = append(next, found)
				default:
					all = append(all, found)
					if here[s] > 1 {
						all = append(all, found)
					}
				}
			}
		}
		level = next
	}
	return dominant(all)
}

func structOf(t *model.Type) *model.Type {
	if t.Kind == model.Pointer && !t.Named() {
		return t.Elem
	}
	return t
}

// classify reads field i of the struct s that was reached by e: is it a field of the object, or a struct to descend into?
func classify(e jsonField, s *model.Type, f *model.Field, i int, tag *fieldTag) (found jsonField, descend, ok bool) {
	inner := structOf(f.Type)
	if f.Embedded {
		if !f.Exported && inner.Kind != model.Struct {
			return found, false, false
		}
	} else if !f.Exported {
		return found, false, false
	}
	if tag.json.ignored {
		return found, false, false
	}
	found = jsonField{
		name:      tag.json.name,
		tagged:    tag.json.name != "",
		field:     f,
		owner:     s,
		index:     append(slices.Clone(e.index), i),
		indirect:  e.indirect,
		hidden:    e.hidden || tag.hidden,
		omitEmpty: tag.json.omitEmpty,
		omitZero:  tag.json.omitZero,
		blocked:   e.blocked,
	}
	if tag.json.quoted {
		k := structOf(f.Type).Kind
		found.quoted = k == model.Bool || k.IsInteger() || k.IsFloat() || k == model.String
	}
	if !found.tagged && f.Embedded && inner.Kind == model.Struct {
		if f.Type.Kind == model.Pointer {
			found.indirect = true
			if !f.Exported && found.blocked == nil {
				found.blocked = f
			}
		}
		return found, true, true
	}
	if !found.tagged {
		found.name = f.Name
	}
	return found, false, true
}

// dominant picks for each name the field that is least nested, among those the one with a tag, provided it is the only one.
func dominant(all []jsonField) (fields []jsonField, conflicts []conflict) {
	byName := map[string][]jsonField{}
	var names []string
	for _, f := range all {
		if byName[f.name] == nil {
			names = append(names, f.name)
		}
		byName[f.name] = append(byName[f.name], f)
	}
	for _, name := range names {
		best := byName[name]
		depth := len(best[0].index)
		for _, f := range best {
			depth = min(depth, len(f.index))
		}
		best = slices.DeleteFunc(best, func(f jsonField) bool { return len(f.index) > depth })
		if slices.ContainsFunc(best, func(f jsonField) bool { return f.tagged }) {
			best = slices.DeleteFunc(best, func(f jsonField) bool { return !f.tagged })
		}
		if len(best) == 1 {
			fields = append(fields, best[0])
			continue
		}
		conflicts = append(conflicts, conflict{name, best})
	}
	slices.SortStableFunc(fields, func(a, b jsonField) int { return slices.Compare(a.index, b.index) })
	return fields, conflicts
}

// validName reports whether encoding/json takes s from a tag as a name.
func validName(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// neverOmitted reports whether omitempty has no effect: encoding/json calls only false, 0, nil and what has length zero empty.
func neverOmitted(t *model.Type) bool {
	switch t.Kind {
	case model.Struct, model.Func, model.Chan, model.Complex64, model.Complex128, model.UnsafePointer:
		return true
	case model.Array:
		return t.Len > 0
	}
	return false
}
