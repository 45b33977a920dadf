// Package values writes Go values as JSON, as encoding/json does without the escaping of HTML, by a plan that is made once for
// each type.
//
// Only types whose JSON follows from their kind have a plan: booleans, numbers, strings, times, and pointers, slices, arrays,
// string maps and structs of them. Methods of the type's own, interfaces, embedded structs, the option ",string", recursion
// and whatever else takes a second thought is left to encoding/json.
//
// The values are those of encoding/json, and so are names, order and numbers. Strings may be escaped in another way: U+2028,
// U+2029 and U+FFFD, for example, are written as they are.
package values

import (
	"reflect"
	"sync"
)

// appendFunc appends a value. It returns false for values that encoding/json refuses, such as an infinite number.
type appendFunc func(dst []byte, v reflect.Value) ([]byte, bool)

// plans holds an appendFunc for each type that was seen, nil for those without a plan.
var plans sync.Map

// Append appends the JSON of v. Without success, encoding/json has to write v, or to say what is wrong with it; what was appended
// means nothing then.
func Append(dst []byte, v any) ([]byte, bool) {
	if v == nil {
		return dst, false
	}
	t := reflect.TypeOf(v)
	plan, ok := plans.Load(t)
	if !ok {
		plan, _ = plans.LoadOrStore(t, planOf(t, nil))
	}
	f := plan.(appendFunc)
	if f == nil {
		return dst, false
	}
	return f(dst, reflect.ValueOf(v))
}
