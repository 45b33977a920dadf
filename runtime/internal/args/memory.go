package args

import (
	"reflect"
	"unsafe"
)

// This file is where untyped pointers are followed and moved; the others only hand them on. The rules that keep it sound:
//   - a pointer always comes from reflect and points to a live value of the type the plan was made for, at an offset
//     that reflect gave us;
//   - what contains pointers is stored through a Go type that has pointers at the same places (string, slice header,
//     interface, unsafe.Pointer), so that the garbage collector sees the write;
//   - memory is allocated by reflect with its type.

// sliceHeader is the layout of every slice.
type sliceHeader struct {
	data unsafe.Pointer
	len  int
	cap  int
}

// zeroSized is what empty slices point to.
var zeroSized struct{}

// at returns a value of the type at a place, addressable and settable.
func at(t reflect.Type, ptr unsafe.Pointer) reflect.Value { return reflect.NewAt(t, ptr).Elem() }

// allocate stores a pointer to a new value in *ptr and returns it.
func allocate(ptr unsafe.Pointer, t reflect.Type) unsafe.Pointer {
	elem := reflect.New(t).UnsafePointer()
	*(*unsafe.Pointer)(ptr) = elem
	return elem
}

func storeBool(ptr unsafe.Pointer, v bool)     { *(*bool)(ptr) = v }
func storeString(ptr unsafe.Pointer, v string) { *(*string)(ptr) = v }
func storeBytes(ptr unsafe.Pointer, v []byte)  { *(*[]byte)(ptr) = v }
func storeAny(ptr unsafe.Pointer, v any)       { *(*any)(ptr) = v }

// storeInt stores the low bytes of an integer, signed or not.
func storeInt(ptr unsafe.Pointer, size uintptr, v uint64) {
	switch size {
	case 1:
		*(*uint8)(ptr) = uint8(v)
	case 2:
		*(*uint16)(ptr) = uint16(v)
	case 4:
		*(*uint32)(ptr) = uint32(v)
	default:
		*(*uint64)(ptr) = v
	}
}

func storeFloat(ptr unsafe.Pointer, size uintptr, v float64) {
	if size == 4 {
		*(*float32)(ptr) = float32(v)
	} else {
		*(*float64)(ptr) = v
	}
}

// scalar reports whether values can be copied by [copyScalar].
func scalar(t reflect.Type) bool {
	k := t.Kind()
	return k == reflect.String || k == reflect.Bool || k >= reflect.Int && k <= reflect.Float64
}

func copyScalar(dst, src unsafe.Pointer, t reflect.Type) {
	if t.Kind() == reflect.String {
		*(*string)(dst) = *(*string)(src)
		return
	}
	switch t.Size() {
	case 1:
		*(*uint8)(dst) = *(*uint8)(src)
	case 2:
		*(*uint16)(dst) = *(*uint16)(src)
	case 4:
		*(*uint32)(dst) = *(*uint32)(src)
	default:
		*(*uint64)(dst) = *(*uint64)(src)
	}
}

// field returns where a field is, going through embedded pointers.
func (f *fieldPlan) field(base unsafe.Pointer) unsafe.Pointer {
	for _, h := range f.hops {
		place := unsafe.Add(base, h.offset)
		if base = *(*unsafe.Pointer)(place); base == nil {
			base = allocate(place, h.elem)
		}
	}
	return unsafe.Add(base, f.offset)
}

// element returns where item i of a slice is, which grows by one for it.
func element(ptr unsafe.Pointer, pl *plan, i int) unsafe.Pointer {
	h := (*sliceHeader)(ptr)
	switch {
	case i < h.cap:
	case i == 0:
		*h = sliceHeader{reflect.New(pl.few).UnsafePointer(), 0, fewItems}
	default:
		at(pl.typ, ptr).Grow(i)
	}
	h.len = i + 1
	return slot(h.data, pl, i)
}

// fewItems is how many items a slice has room for at first.
const fewItems = 4

// slot returns where item i is in the memory of an array or slice.
func slot(data unsafe.Pointer, pl *plan, i int) unsafe.Pointer {
	return unsafe.Add(data, uintptr(i)*pl.stride)
}

func storeEmptySlice(ptr unsafe.Pointer) {
	*(*sliceHeader)(ptr) = sliceHeader{data: unsafe.Pointer(&zeroSized)}
}

// view is b as a string without a copy, for functions that only look at it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
