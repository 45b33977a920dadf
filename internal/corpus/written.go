package corpus

import (
	"net"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xmcpgo/xmcpgo/internal/corpus/other"
)

func entry[T any]() Entry {
	t := reflect.TypeFor[T]()
	return Entry{Name: t.Name(), Type: t}
}

// written lists the types below, which show one rule each.
func written() []Entry {
	return []Entry{
		entry[Point](), entry[Node](), entry[Text2](), entry[AllKinds](), entry[Unsigned](), entry[Address](), entry[Empty](), entry[Unexported](),
		entry[Ignored](), entry[Dash](), entry[OddNames](), entry[Shadowed](), entry[ShadowedLast](), entry[Ambiguous](),
		entry[TaggedWins](), entry[Deep](), entry[Twice](), entry[EmbeddedNamed](), entry[EmbeddedScalar](), entry[EmbeddedUnexported](),
		entry[EmbeddedTime](), entry[EmbeddedText](), entry[EmbeddedSchema](), entry[EmbeddedGeneric](), entry[Mutual](), entry[Forest](),
		entry[TreeMap](), entry[MapKeys](), entry[IntKeys](), entry[Arrays](), entry[ByteArrays](), entry[NamedBytes](), entry[Pointers](),
		entry[Interfaces](), entry[Anonymous](), entry[Aliases](), entry[Generics](), entry[SameNames](), entry[Foreign](),
		entry[Nets](), entry[Times](), entry[Enums](), entry[EnumPlaces](), entry[Custom](), entry[CustomPlaces](), entry[Shared](),
		entry[Diamond](), entry[NamedStruct](), entry[OmitStructs](), entry[OmitZeros](), entry[QuotedAll](), entry[Groups](), entry[Refs](),
		entry[Numbers](), entry[Defaults](), entry[Wide](), entry[OneOfTypes](), entry[ReadBytes](), entry[PointerText](), entry[NullInside](),
		entry[Decimals](), entry[DefaultLists](), entry[EnumKeys](), entry[DeepPointers](), entry[Uuids](), entry[Levels](),
	}
}

// Title is a named string without constants.
type Title string

// Ints is a declared slice, so that tags must reach its items.
type Ints []int

// Color has its constants declared.
type Color string

const (
	Red   Color = "red"
	Green Color = "green" // Green is for go.
	Blue  Color = "blue"
)

// Level is an integer with constants.
type Level int

const (
	Low Level = iota + 1
	Middle
	High
)

// Flags are bits.
type Flags uint16

const (
	Read Flags = 1 << iota
	Write
)

// Unit has constants that are units.
type Unit int

const (
	Gram     Unit = 1
	Kilogram      = 1000 * Gram
)

// Text is written and read as text.
type Text struct{ S string }

func (t Text) MarshalText() ([]byte, error)     { return []byte(strings.ToValidUTF8(t.S, "")), nil }
func (t *Text) UnmarshalText(text []byte) error { t.S = string(text); return nil }

// Point is used in many places.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Node refers to itself.
type Node struct {
	Name string           `json:"name"`
	Kids []*Node          `json:"kids"`
	Next *Node            `json:"next,omitempty"`
	By   map[string]*Node `json:"by,omitempty"`
}

type Text2 struct {
	T  Text
	P  *Text
	S  []Text
	M  map[Text]int
	MP map[string]*Text
}

type AllKinds struct {
	Bool    bool
	Int     int
	Int8    int8
	Int16   int16
	Int32   int32
	Int64   int64
	Float32 float32
	Float64 float64
	String  string
}

type Unsigned struct {
	Uint   uint
	Uint8  uint8
	Uint16 uint16
	Uint32 uint32
	Uint64 uint64
}

type Address struct{ A uintptr }

type Empty struct{}

type Unexported struct {
	A      int
	hidden int
}

func (u Unexported) Hidden() int { return u.hidden }

type Ignored struct {
	A int    `json:"-"`
	B int    `json:"b"`
	F func() `json:"-"`
}

type Dash struct {
	A int `json:"-,"`
	B int `json:"b"`
}

type OddNames struct {
	A int `json:"a/b"`
	B int `json:"ö.x-y_z"`
	C int `json:"$ref"`
	D int `json:"a b"`
	E int `json:"<&>"`
}

type Box[T any] struct {
	Value T   `json:"value"`
	More  []T `json:"more"`
}

type EmbeddedGeneric struct{ Box[int] }

type Mutual struct {
	A *MutualA `json:"a"`
}
type MutualA struct {
	B []MutualB `json:"b"`
}
type MutualB struct {
	A *MutualA `json:"a"`
	N int      `json:"n"`
}

type Trees []Trees
type Forest struct {
	Trees Trees `json:"trees"`
}

type Tree map[string]Tree
type TreeMap struct {
	Tree Tree `json:"tree"`
}

type MapKeys struct {
	S  map[string]int
	T  map[Title]int
	X  map[Text]int
	A  map[string]any
	M  map[string]map[string]bool
	P  map[string]*int
	St map[string]Point
}

type IntKeys struct {
	I   map[int]string
	I8  map[int64]string
	U   map[uint]string
	Lvl map[Unit]string
}

type Arrays struct {
	A [2]string
	B [0]int
	C [2][3]int
	D [1]Point
	E [2]*int
}

type ByteArrays struct {
	A [4]byte
	B []byte
	C [][]byte
	D map[string][]byte
}

type Letter byte
type Bytes []byte

type NamedBytes struct {
	A Bytes
	B []Letter
	C *Bytes
}

type Pointers struct {
	A *int
	B *string `json:"b,omitempty"`
	C *Point
	D *[]int
	E *map[string]int
	F *bool `jsonschema:"required"`
	G *time.Time
}

type Interfaces struct {
	A any
	B []any
	C map[string]any
	D *any
}

type Anonymous struct {
	A struct {
		B int `json:"b"`
		C []struct {
			D string `json:"d"`
		} `json:"c"`
	} `json:"a"`
}

type aliased = Point
type aliasedList = []Color

type Aliases struct {
	A aliased
	B aliasedList
	C byte
	D rune
}

type Pair[K comparable, V any] struct {
	Key   K `json:"key"`
	Value V `json:"value"`
}

type Linked[T any] struct {
	Value T          `json:"value"`
	Next  *Linked[T] `json:"next"`
}

type Generics struct {
	A Box[string]
	B Box[Point]
	C Box[Box[int]]
	D Pair[string, []Point]
	E Linked[Color]
	F Linked[other.Point]
	G *Box[map[string]Point]
}

// SameNames uses types of two packages with one name.
type SameNames struct {
	A, B   Point
	C, D   other.Point
	E, F   Box[Point]
	G, H   Box[other.Point]
	I      other.Color
	Letter Letter
}

type Foreign struct {
	URL  url.URL
	UUID uuid.UUID
	Mask net.IPMask
}
