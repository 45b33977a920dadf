package values

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"time"
	"unsafe"
)

// operation is how a value is written.
type operation uint8

const (
	opString operation = iota
	opInt
	opUint
	opFloat
	opBool
	opTime
	opStruct
	opSlice
	opArray
	opBytes // a slice of bytes, in base64
	opPointer
	opMap
)

// plan is how values of one type are written.
type plan struct {
	op     operation
	typ    reflect.Type
	size   uintptr // of a number, in bytes
	elem   *plan   // of pointers, slices, arrays and maps
	stride uintptr // from one item to the next
	length int     // of an array
	fields []field
	items  reflect.Type // a slice of the values of a map
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	numberType    = reflect.TypeFor[json.Number]()
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// planOf returns how values of a type are written, or nil. within holds the types that the type is a part of.
func planOf(t reflect.Type, within []reflect.Type) *plan {
	pl := &plan{typ: t, size: t.Size()}
	if t == timeType {
		pl.op = opTime
		return pl
	}
	if t == numberType || slices.Contains(within, t) || hasMethods(t) {
		return nil
	}
	within = append(within[:len(within):len(within)], t)
	switch t.Kind() {
	case reflect.Bool:
		pl.op = opBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		pl.op = opInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		pl.op = opUint
	case reflect.Float32, reflect.Float64:
		pl.op = opFloat
	case reflect.String:
		pl.op = opString
	case reflect.Pointer:
		return pl.of(opPointer, t.Elem(), within)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return pl.of(opBytes, t.Elem(), within)
		}
		return pl.of(opSlice, t.Elem(), within)
	case reflect.Array:
		pl.length = t.Len()
		return pl.of(opArray, t.Elem(), within)
	case reflect.Map:
		if t.Key().Kind() != reflect.String || planOf(t.Key(), within) == nil {
			return nil
		}
		pl.items = reflect.SliceOf(t.Elem())
		return pl.of(opMap, t.Elem(), within)
	case reflect.Struct:
		var ok bool
		if pl.fields, ok = fieldsOf(t, within); !ok {
			return nil
		}
		pl.op = opStruct
	default:
		return nil
	}
	return pl
}

// of completes the plan of a type that is made of another one.
func (pl *plan) of(op operation, elem reflect.Type, within []reflect.Type) *plan {
	pl.op, pl.elem, pl.stride = op, planOf(elem, within), elem.Size()
	if pl.elem == nil {
		return nil
	}
	return pl
}

// hasMethods tells whether a type says itself how it is written. A pointer to a time does, but its method is that of the time.
func hasMethods(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Elem() == timeType {
		return false
	}
	for _, m := range []reflect.Type{jsonMarshaler, textMarshaler} {
		if t.Implements(m) || t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(m) {
			return true
		}
	}
	return false
}

// at returns the value of a plan's type at a place.
func (pl *plan) at(p unsafe.Pointer) reflect.Value { return reflect.NewAt(pl.typ, p).Elem() }
