// Package values writes Go values as JSON, as encoding/json does without the escaping of HTML, by a plan that is made once for
// each type.
//
// Only types whose JSON follows from their kind have a plan: booleans, numbers, strings, times, and pointers, slices, arrays,
// string maps and structs of them. Methods of the type's own, interfaces, embedded structs, the option ",string", recursion
// and whatever else takes a second thought is left to encoding/json.
//
// The values are those of encoding/json, and so are names, order and numbers. Strings may be escaped in another way: U+2028,
// U+2029 and U+FFFD, for example, are written as they are.
//
// Values are read through pointers without a type: each comes from reflect, points to a live value of the type that the plan was
// made for, at an offset that reflect has told, and is only read through.
package values

import (
	"reflect"
	"sync"
)

// plans holds the plan of each type that was seen, nil for those without one.
var plans sync.Map

// Append appends the JSON of what p, a pointer that is not nil, points to. Unless text is nil it appends to text what stands
// between the quotes of a JSON string that means the same JSON. Without success, encoding/json has to write the value, or to say
// what is wrong with it; what was appended means nothing then.
func Append(raw, text []byte, p any) (rawOut, textOut []byte, ok bool) {
	value := reflect.ValueOf(p)
	pl := planFor(value.Type().Elem())
	if pl == nil {
		return raw, text, false
	}
	o := output{raw, text, text != nil}
	ok = pl.write(&o, value.UnsafePointer())
	return o.raw, o.text, ok
}

func planFor(t reflect.Type) *plan {
	found, ok := plans.Load(t)
	if !ok {
		found, _ = plans.LoadOrStore(t, planOf(t, nil))
	}
	return found.(*plan)
}
