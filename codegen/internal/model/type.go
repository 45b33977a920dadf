package model

import "github.com/xmcpgo/xmcpgo/codegen/internal/diag"

// Pos is a place in a source file.
type Pos = diag.Pos

// Kind is the kind of a type's underlying type.
type Kind uint8

const (
	Invalid Kind = iota // a type that did not compile
	Bool
	Int
	Int8
	Int16
	Int32
	Int64
	Uint
	Uint8
	Uint16
	Uint32
	Uint64
	Uintptr
	Float32
	Float64
	Complex64
	Complex128
	String
	UnsafePointer
	Array
	Slice
	Map
	Pointer
	Struct
	Interface
	Chan
	Func
)

var kindNames = [...]string{
	"invalid", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
	"float32", "float64", "complex64", "complex128", "string", "unsafe.Pointer", "array", "slice", "map", "pointer", "struct",
	"interface", "chan", "func",
}

// String is the kind as Go spells it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "invalid"
}

// IsSigned reports whether k is a signed integer.
func (k Kind) IsSigned() bool { return k >= Int && k <= Int64 }

// IsUnsigned reports whether k is an unsigned integer.
func (k Kind) IsUnsigned() bool { return k >= Uint && k <= Uintptr }

// IsInteger reports whether k is an integer.
func (k Kind) IsInteger() bool { return k >= Int && k <= Uintptr }

// IsFloat reports whether k is a floating-point number.
func (k Kind) IsFloat() bool { return k == Float32 || k == Float64 }

// Bits is the size of a number whose size the language fixes, and 64 for int, uint and uintptr; 0 for other kinds.
func (k Kind) Bits() int {
	switch k {
	case Int8, Uint8:
		return 8
	case Int16, Uint16:
		return 16
	case Int32, Uint32, Float32:
		return 32
	case Int, Int64, Uint, Uint64, Uintptr, Float64:
		return 64
	}
	return 0
}

// Type is a Go type as the generator needs it. A declared type is one value per graph, so recursion shows as pointer
// identity; types without a name may occur more than once. Aliases are resolved. A Type is complete when its converter
// returns it and is never changed afterwards.
type Type struct {
	Kind Kind

	// Of a declared type: what it is called, and where. ID is unique in the graph ("example.com/app/notes.Page[string]").
	ID       string
	Name     string // without type arguments; empty for a type without a name
	PkgPath  string // empty for predeclared types such as error
	PkgName  string
	TypeArgs []*Type
	Exported bool
	Local    bool // declared inside of a function, where no other file can name it
	InModule bool // declared in the user's module
	Std      bool // declared in the standard library
	Pos      Pos  // of the name
	Doc      string
	Consts   []Const // of this type in its package, in source order; only of types in the user's module, and without unexported ones of packages that came without source
	Methods  Methods

	Elem   *Type // of array, slice, map, pointer, chan
	Key    *Type // of map
	Len    int64 // of array
	Dir    ChanDir
	Fields []*Field // of struct; see Shallow

	Params, Results []*Type   // of func
	Variadic        bool      // of func: the last parameter is a slice
	Interface       []*Method // explicit and embedded methods of an interface
	Comparable      bool      // of interface: a constraint that no variable can have

	// Shallow says that Fields are left out, since no JSON value ever shows them: the types of unexported fields, and the
	// standard library's own behind fields that encoding/json leaves out.
	Shallow bool
	// Partial says that unexported fields of another module's struct are left out of Fields.
	Partial bool
}

// ChanDir is the direction of a channel.
type ChanDir uint8

const (
	SendRecv ChanDir = iota
	SendOnly
	RecvOnly
)

// Method is one method of an interface.
type Method struct {
	Name     string
	PkgPath  string // of an unexported method
	Exported bool
	Func     *Type
}

// Named reports whether t is a declared type.
func (t *Type) Named() bool { return t.Name != "" }

// IsEmptyInterface reports whether t is any, or another interface without methods.
func (t *Type) IsEmptyInterface() bool {
	return t.Kind == Interface && len(t.Interface) == 0 && !t.Comparable
}

// Is reports whether t is the declared type path.name.
func (t *Type) Is(path, name string) bool { return t.Name == name && t.PkgPath == path }

// Field is a declared field of a struct, embedded ones included and nothing promoted.
type Field struct {
	Name     string
	PkgPath  string // of the package that declares it; unexported names of two packages differ
	Embedded bool
	Exported bool
	Type     *Type
	Doc      string // the comment above, else the one behind
	Pos      Pos    // of the name, or of the embedded type
	TypePos  Pos

	Tag    string // the tag's value, as reflect sees it
	TagLit string // the literal in the source, quotes included; empty where the source is not at hand
	TagPos Pos    // of the literal's first byte
}

// Const is a declared constant of a named type.
type Const struct {
	Name     string
	Exported bool
	Value    string // exact: the text of a string, the decimal digits of an integer
	Doc      string
	Pos      Pos
	// Computed says that the expression shifts, multiplies, divides or combines bits, as flags and units do.
	Computed bool
}

// Receiver says how a method set holds a method.
type Receiver uint8

const (
	NoMethod        Receiver = iota
	ValueReceiver            // both T and *T have it
	PointerReceiver          // only *T has it
)

// MethodFact is what the generator knows about one method.
type MethodFact struct {
	Receiver Receiver
	// Via is the path of embedded fields that promotes the method ("Base.Point"); empty for a method of the type itself.
	Via string
}

// Has reports whether the method is there at all.
func (m MethodFact) Has() bool { return m.Receiver != NoMethod }

// Methods are the methods that change how a type looks in JSON, promoted ones included. Only those with the right signature
// count. Pointers carry none: ask the type they point to.
type Methods struct {
	MarshalJSON, UnmarshalJSON MethodFact
	MarshalText, UnmarshalText MethodFact
	IsZero                     MethodFact
	// JSONSchema has no parameters and one result of any type.
	JSONSchema MethodFact
	// Hooks are methods of invopop/jsonschema that only running code could honour, by name.
	Hooks []string
}
