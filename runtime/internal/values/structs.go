package values

import (
	"reflect"
	"strings"
	"time"
	"unsafe"
)

// field is how one field of a struct is written.
type field struct {
	offset       uintptr
	key, escaped string // with a comma before, quotes and a colon; as it is within a string
	plan         *plan
	omit         func(unsafe.Pointer) bool // nil for a field that is always written
}

// fieldsOf returns false for structs that are none of ours.
func fieldsOf(t reflect.Type, within []reflect.Type) (fields []field, ok bool) {
	taken := map[string]bool{}
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous {
			return nil, false
		}
		tag := sf.Tag.Get("json")
		if !sf.IsExported() || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = sf.Name
		}
		f := field{offset: sf.Offset, key: `,"` + name + `":`, escaped: `,\"` + name + `\":`, plan: planOf(sf.Type, within)}
		if f.plan == nil || !plainName(name) || taken[name] || !f.readOptions(sf.Type, options) {
			return nil, false
		}
		taken[name] = true
		fields = append(fields, f)
	}
	return fields, true
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
		var omit func(unsafe.Pointer) bool
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
			omit = func(p unsafe.Pointer) bool { return own(p) || other(p) }
		}
		f.omit = omit
	}
	return true
}

func emptyRule(t reflect.Type) func(unsafe.Pointer) bool {
	switch t.Kind() {
	case reflect.String:
		return func(p unsafe.Pointer) bool { return *(*string)(p) == "" }
	case reflect.Slice:
		return func(p unsafe.Pointer) bool { return len(*(*[]struct{})(p)) == 0 }
	case reflect.Array, reflect.Map:
		return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().Len() == 0 }
	case reflect.Struct:
		return nil
	}
	return isZero(t)
}

// zeroRule is nil for types that may have an opinion of their own.
func zeroRule(t reflect.Type) func(unsafe.Pointer) bool {
	if t == timeType {
		return func(p unsafe.Pointer) bool { return (*time.Time)(p).IsZero() }
	}
	if _, ok := t.MethodByName("IsZero"); ok {
		return nil
	}
	if _, ok := reflect.PointerTo(t).MethodByName("IsZero"); ok {
		return nil
	}
	return isZero(t)
}

func isZero(t reflect.Type) func(unsafe.Pointer) bool {
	return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() }
}
