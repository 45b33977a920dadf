package args

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// structField is a field that encoding/json fills in, possibly one of an embedded struct.
type structField struct {
	name   string
	tagged bool
	path   []int // indexes from the outermost struct
	typ    reflect.Type
	quoted bool // the option ",string"
	hidden bool // an embedded struct whose type is not exported, under a name of its own: its methods are not called
}

// embedded is a struct whose fields may be promoted.
type embedded struct {
	typ   reflect.Type
	path  []int
	twice bool // embedded more than once at its depth, so that its fields hide each other
}

// structFields returns the fields of a struct by the rules of encoding/json: of several fields with one name the least
// deep one wins, then the one that has its name from a tag; if that leaves several, none is used.
func structFields(t reflect.Type) []structField {
	var all []structField
	done := map[reflect.Type]bool{}
	for level := []*embedded{{typ: t}}; len(level) > 0; {
		var deeper []*embedded
		for _, e := range level {
			if done[e.typ] {
				continue
			}
			done[e.typ] = true
			for i := range e.typ.NumField() {
				sf := e.typ.Field(i)
				path := append(slices.Clone(e.path), i)
				f, inner := readField(sf)
				switch {
				case inner != nil:
					deeper = embed(deeper, inner, path)
				case f != nil:
					f.path = path
					all = append(all, *f)
					if e.twice {
						all = append(all, *f)
					}
				}
			}
		}
		level = deeper
	}
	return dominant(all)
}

func embed(list []*embedded, t reflect.Type, path []int) []*embedded {
	for _, e := range list {
		if e.typ == t {
			e.twice = true
			return list
		}
	}
	return append(list, &embedded{typ: t, path: path})
}

// readField returns a field or the embedded struct whose fields are promoted, or neither when the field is ignored.
func readField(sf reflect.StructField) (*structField, reflect.Type) {
	t := sf.Type
	if t.Name() == "" && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !sf.IsExported() && (!sf.Anonymous || t.Kind() != reflect.Struct) {
		return nil, nil
	}
	tag := sf.Tag.Get("json")
	if tag == "-" {
		return nil, nil
	}
	name, options, _ := strings.Cut(tag, ",")
	if !validName(name) {
		name = ""
	}
	if sf.Anonymous && name == "" && t.Kind() == reflect.Struct {
		return nil, t
	}
	f := &structField{name: name, tagged: name != "", typ: sf.Type, hidden: !sf.IsExported()}
	if name == "" {
		f.name = sf.Name
	}
	f.quoted = slices.Contains(strings.Split(options, ","), "string") && quotable(t.Kind())
	return f, nil
}

func quotable(k reflect.Kind) bool {
	return k == reflect.Bool || k == reflect.String ||
		k >= reflect.Int && k <= reflect.Uintptr || k == reflect.Float32 || k == reflect.Float64
}

// validName reports whether encoding/json takes a name from a tag.
func validName(name string) bool {
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) {
			return false
		}
	}
	return name != ""
}

// dominant removes hidden fields and puts the rest into the order of the source.
func dominant(all []structField) []structField {
	byName := map[string][]structField{}
	for _, f := range all {
		byName[f.name] = append(byName[f.name], f)
	}
	var kept []structField
	for _, list := range byName {
		slices.SortStableFunc(list, byRank)
		if len(list) == 1 || byRank(list[0], list[1]) != 0 {
			kept = append(kept, list[0])
		}
	}
	slices.SortFunc(kept, func(a, b structField) int { return slices.Compare(a.path, b.path) })
	return kept
}

func byRank(a, b structField) int {
	if len(a.path) != len(b.path) {
		return len(a.path) - len(b.path)
	}
	return boolInt(b.tagged) - boolInt(a.tagged)
}
