package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xmcpgo/xmcpgo/codegen/internal/schema/internal/corpus/other"
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
		entry[Decimals](), entry[DefaultLists](), entry[EnumKeys](), entry[DeepPointers](), entry[Uuids](),
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

type Inner struct {
	A int `json:"a"`
	B int `json:"b"`
}

type Inner2 struct {
	B string `json:"b"`
	C int    `json:"c"`
}

type Shadowed struct {
	A string `json:"a"`
	Inner
}

type ShadowedLast struct {
	Inner
	A string `json:"a"`
}

type bare struct{ A, B int }
type bare2 struct {
	B string
	C int
}

// Ambiguous has two fields B with equal right, so that encoding/json writes neither.
type Ambiguous struct {
	bare
	bare2
}

type untaggedB struct{ B bool }

type taggedB struct {
	X string `json:"B"`
}

type TaggedWins struct {
	untaggedB
	taggedB
}

type level1 struct {
	level2
	L1 int
}
type level2 struct {
	level3
	L2 int
	L1 string
}
type level3 struct{ L1, L2, L3 bool }

type Deep struct{ level1 }

type left struct{ bare }
type right struct{ bare }

// Twice embeds one struct by two ways, so that its fields annihilate each other.
type Twice struct {
	left
	right
	D int `json:"d"`
}

type EmbeddedNamed struct {
	Inner  `json:"inner"`
	*Point `json:"point"`
}

type MyInt int
type myInt int

type EmbeddedScalar struct {
	MyInt
	myInt //nolint:unused // encoding/json leaves it out
	Title
}

type private struct {
	A int `json:"a"`
	b int
}

func (p private) B() int { return p.b }

type EmbeddedUnexported struct {
	private
	C int `json:"c"`
}

// EmbeddedTime is written as a time, since it inherits MarshalJSON.
type EmbeddedTime struct {
	Value HasTime
}

type HasTime struct {
	time.Time
	Note string
}

// JSONSchema describes what the promoted MarshalJSON writes.
func (HasTime) JSONSchema() map[string]any { return map[string]any{"type": "string"} }

// EmbeddedText is written as the text of what it embeds.
type EmbeddedText struct {
	Value textual
}

type textual struct {
	Text
	Note string
}

// Described has a schema of its own but no MarshalJSON, so an outer struct must not inherit it.
type Described struct {
	N int `json:"n"`
}

func (Described) JSONSchema() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{"n": map[string]any{"type": "integer"}}, "required": []string{"n"}, "additionalProperties": false}
}

type EmbeddedSchema struct {
	Described
	Extra string `json:"extra"`
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

type Nets struct {
	IP     net.IP
	Addr   netip.Addr
	Prefix *netip.Prefix
	Port   netip.AddrPort
	Int    *big.Int
	Float  *big.Float
}

type Times struct {
	A time.Time
	B *time.Time
	C []time.Time
	D time.Duration
	E map[string]time.Time
	F time.Month
	G time.Time `json:"g,omitzero"`
	H time.Time `json:"h,omitempty"`
}

type Enums struct {
	A Color
	B Level
	C Flags
	D Unit
	E Color `jsonschema:"noenum"`
	F Color `jsonschema:"enum=red,enum=blue"`
}

type EnumPlaces struct {
	A []Color
	B map[string]Color
	C *Color
	D [2]Level
	E map[Color]int
	F []Color `jsonschema:"noenum"`
	G *Level  `jsonschema:"nullable"`
}

type EnumKeys struct {
	A map[Color]Level `json:"a"`
}

// Temperature writes its own JSON and says what it looks like.
type Temperature struct{ degrees float64 }

func (t Temperature) MarshalJSON() ([]byte, error) {
	return json.Marshal(fmt.Sprintf("%g C", t.degrees))
}
func (t *Temperature) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if _, err := fmt.Sscanf(s, "%g C", &t.degrees); err != nil {
		return errors.New("want degrees Celsius, as in 21.5 C")
	}
	return nil
}

func (*Temperature) JSONSchema() any {
	return map[string]any{"type": "string", "pattern": "^-?[0-9.]+([eE][-+]?[0-9]+)? C$"}
}

type Custom struct {
	T Temperature `json:"t"`
}

type CustomPlaces struct {
	A *Temperature            `json:"a"`
	B []Temperature           `json:"b"`
	C map[string]Temperature  `json:"c"`
	D Temperature             `json:"d" jsonschema_description:"How warm it is."`
	E map[string]*Temperature `json:"e"`
}

type Shared struct {
	A Point
	B Point
	C []Point
}

type d1 struct{ P Inner }
type d2 struct{ P Inner }
type Diamond struct {
	A d1
	B d2
}

type Renamed Point
type NamedStruct struct{ A Renamed }

type OmitStructs struct {
	A Point     `json:"a,omitempty"`
	B [2]int    `json:"b,omitempty"`
	D *Point    `json:"d,omitempty"`
	E any       `json:"e,omitempty"`
	F []int     `json:"f,omitempty"`
	G time.Time `json:"g,omitempty"`
}

// Never has an IsZero of its own, so a nil one may be written.
type Never []int

func (n Never) IsZero() bool { return len(n) == 1 }

type OmitZeros struct {
	A Point          `json:"a,omitzero"`
	B [2]int         `json:"b,omitzero"`
	C []int          `json:"c,omitzero"`
	D map[string]int `json:"d,omitzero"`
	E *int           `json:"e,omitzero"`
	F Never          `json:"f,omitzero"`
	G time.Time      `json:"g,omitzero"`
	H any            `json:"h,omitzero"`
}

type QuotedAll struct {
	A int      `json:"a,string"`
	B *uint8   `json:"b,string"`
	C float64  `json:"c,string"`
	D bool     `json:"d,string"`
	E string   `json:"e,string"`
	F *string  `json:"f,string,omitempty"`
	G Color    `json:"g,string"`
	H Level    `json:"h,string"`
	I *float32 `json:"i,omitempty,string"`
}

type Groups struct {
	A string `json:"a,omitempty" jsonschema:"oneof_required=one"`
	B string `json:"b,omitempty" jsonschema:"oneof_required=two,anyof_required=x"`
	C string `json:"c,omitempty" jsonschema:"oneof_required=two,anyof_required=y"`
}

type Refs struct {
	P Point   `json:"p"`
	Q Point   `json:"q"`
	A any     `json:"a" jsonschema:"anyof_ref=#/$defs/corpus.Point;#/$defs/corpus.Node"`
	L []any   `json:"l" jsonschema:"oneof_ref=#/$defs/corpus.Point"`
	N []*Node `json:"n"`
}

type Numbers struct {
	A json.Number `json:"a"`
	B json.Number `json:"b,omitempty"`
	C *big.Int    `json:"c"`
	D []json.Number
}

type Defaults struct {
	A string  `json:"a" jsonschema:"default=x"`
	B int     `json:"b" jsonschema:"default=-3,minimum=-5"`
	C *bool   `json:"c" jsonschema:"default=false"`
	D float64 `json:"d" jsonschema:"default=1e3"`
	E Color   `json:"e" jsonschema:"default=blue"`
	F string  `json:"f" jsonschema:"default="`
}

type DefaultLists struct {
	A []string `json:"a" jsonschema:"default=x,default=y"`
	B []int    `json:"b" jsonschema:"default=1,default=2,minItems=2"`
	C []bool   `json:"c" jsonschema:"default=true"`
}

// Wide is what a real tool looks like.
type Wide struct {
	// Query in the words of the user.
	Query string `json:"query" jsonschema:"minLength=1,maxLength=200"`
	// Limit is how many to return.
	//
	// Deprecated: use Page.
	Limit  int        `json:"limit,omitempty" jsonschema:"minimum=1,maximum=100,default=10"`
	Page   *Box[Text] `json:"page,omitempty"`
	Sort   Color      `json:"sort,omitempty"` // how to sort
	Fields []string   `json:"fields,omitempty" jsonschema:"uniqueItems=true,enum=id,enum=name"`
	Since  time.Time  `json:"since,omitzero"`
	Within []Point    `json:"within,omitempty" jsonschema:"minItems=3"`
	Labels map[string]string
}

type OneOfTypes struct {
	A any             `json:"a" jsonschema:"oneof_type=string;integer"`
	B json.RawMessage `json:"b" jsonschema:"type=object"`
	C any             `json:"c" jsonschema:"anyof_type=boolean;null"`
	D float64         `json:"d" jsonschema:"type=integer"`
	E *string         `json:"e" jsonschema:"anyof_type=string;null"`
}

type ReadBytes struct {
	A []byte `json:"a" jsonschema:"minLength=4"`
	B string `json:"b" jsonschema:"readOnly=true"`
}

// Plain has a pointer receiver on both text methods.
type Plain struct{ S string }

func (p *Plain) MarshalText() ([]byte, error)    { return []byte(strings.ToValidUTF8(p.S, "")), nil }
func (p *Plain) UnmarshalText(text []byte) error { p.S = string(text); return nil }

type PointerText struct {
	A *Plain
	B []Plain
	C []*Plain
	D map[string]*Plain
}

type NullInside struct {
	A [][]int            `json:"a"`
	B map[string][]int   `json:"b"`
	C []map[string]int   `json:"c"`
	D *[]*int            `json:"d,omitempty"`
	E map[string]*[]bool `json:"e"`
}

type DeepPointers struct {
	A **int     `json:"a"`
	B ***string `json:"b,omitempty"`
	C []**Point `json:"c"`
}

type Uuids struct {
	A uuid.UUID            `json:"a"`
	B *uuid.UUID           `json:"b"`
	C map[uuid.UUID]int    `json:"c"`
	D []uuid.UUID          `json:"d"`
	E map[string]uuid.UUID `json:"e"`
}

// Decimal writes its own JSON without a schema, so tags say what it is.
type Decimal struct{ s string }

func (d Decimal) MarshalJSON() ([]byte, error)  { return json.Marshal("1" + d.s) }
func (d *Decimal) UnmarshalJSON(b []byte) error { d.s = strings.Trim(string(b), `"`); return nil }

type Decimals struct {
	A Decimal   `json:"a" jsonschema:"type=string,pattern=^[0-9]+$"`
	B *Decimal  `json:"b" jsonschema:"type=string"`
	C Decimal   `json:"c"`
	D []Decimal `json:"d"`
	E Decimal   `json:"e" jsonschema:"anyof_type=string"`
}
