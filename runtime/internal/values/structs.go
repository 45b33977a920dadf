package values

import (
	"reflect"
	"strings"
	"time"
)

// field is how one field of a struct is written.
type field struct {
	index  int
	key    string // with quotes and colon
	append appendFunc
	omit   func(reflect.Value) bool // nil for a field that is always written
}

func planOfStruct(t reflect.Type, within []reflect.Type) appendFunc {
	var fields []field
	taken := map[string]bool{}
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous {
			return nil
		}
		tag := sf.Tag.Get("json")
		if !sf.IsExported() || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = sf.Name
		}
		f := field{index: i, key: `"` + name + `":`, append: planOf(sf.Type, within)}
		if f.append == nil || !plainName(name) || taken[name] || !f.readOptions(sf.Type, options) {
			return nil
		}
		taken[name] = true
		fields = append(fields, f)
	}
	return func(dst []byte, v reflect.Value) ([]byte, bool) {
		dst = append(dst, '{')
		start := len(dst)
		for i := range fields {
			f := &fields[i]
			fv := v.Field(f.index)
			if f.omit != nil && f.omit(fv) {
				continue
			}
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = append(dst, f.key...)
			var ok bool
			if dst, ok = f.append(dst, fv); !ok {
				return dst, false
			}
		}
		return append(dst, '}'), true
	}
}

// plainName tells whether encoding/json takes a name from a tag and writes it without escapes.
func plainName(name string) bool {
	for _, c := range name {
		if c != '_' && c != '-' && c != '.' && !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

// readOptions reads the options of a tag; false means that the field is none of ours.
func (f *field) readOptions(t reflect.Type, options string) bool {
	for option := range strings.SplitSeq(options, ",") {
		var omit func(reflect.Value) bool
		switch option {
		case "":
			continue
		case "omitempty":
			omit = emptyRule(t)
			if omit == nil {
				continue // structs are never empty
			}
		case "omitzero":
			if omit = zeroRule(t); omit == nil {
				return false
			}
		default:
			return false
		}
		if other := f.omit; other != nil {
			own := omit
			omit = func(v reflect.Value) bool { return own(v) || other(v) }
		}
		f.omit = omit
	}
	return true
}

func emptyRule(t reflect.Type) func(reflect.Value) bool {
	switch t.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return func(v reflect.Value) bool { return v.Len() == 0 }
	case reflect.Struct:
		return nil
	}
	return reflect.Value.IsZero
}

// zeroRule is nil for types that may have an opinion of their own.
func zeroRule(t reflect.Type) func(reflect.Value) bool {
	if t == timeType {
		return func(v reflect.Value) bool { return v.Interface().(time.Time).IsZero() }
	}
	if _, ok := t.MethodByName("IsZero"); ok {
		return nil
	}
	if _, ok := reflect.PointerTo(t).MethodByName("IsZero"); ok {
		return nil
	}
	return reflect.Value.IsZero
}
