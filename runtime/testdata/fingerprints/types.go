// Package fingerprints holds types whose fingerprints the runtime computes by reflection and the generator from the source.
// fingerprints.json beside this folder says what both must find.
package fingerprints

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/xmcpgo/xmcpgo/runtime/testdata/fingerprints/other"
)

type (
	Text    string
	Level   int8
	Octets  []byte
	Runes   []rune
	Matrix  [2][3]float64
	ByName  map[string]*Leaf
	ByLevel map[Level]Text
	Any     any
	Named   interface{ Name() string }
	Chan    chan int
	Func    func(int) error
	Alias   = Leaf
	Foreign other.Leaf
	Raw     unsafe.Pointer
)

type Empty struct{}

type Leaf struct {
	Name   string `json:"name"`
	hidden int
	Size   uint64
}

// Kinds has a field of each basic kind.
type Kinds struct {
	Bool    bool
	Int     int
	Int8    int8
	Int16   int16
	Int32   int32
	Int64   int64
	Uint    uint
	Uint8   uint8
	Uint16  uint16
	Uint32  uint32
	Uint64  uint64
	Uintptr uintptr
	F32     float32
	F64     float64
	C64     complex64
	C128    complex128
	String  string
	Byte    byte
	Rune    rune
	Err     error
	Any     any
	Pointer unsafe.Pointer
}

// Standard has types of the standard library, which are opaque.
type Standard struct {
	At      time.Time
	For     time.Duration `json:"for,omitempty"`
	Raw     json.RawMessage
	Big     *big.Int
	Addr    netip.Addr
	Generic *atomic.Pointer[Leaf]
}

// Embedding embeds in every way.
type Embedding struct {
	Leaf `json:"leaf"`
	*Empty
	base
	other.Outer
	Text
	error
}

type base struct{ Base bool }

// Same has types of one name from two packages.
type Same struct {
	A Leaf
	B other.Leaf
	C []Leaf
	D map[string]other.Leaf
}

// Tree is recursive; Ping and Pong are by way of each other.
type Tree struct {
	Value    int
	Children []*Tree
	Up       *Tree `json:"-"`
}

type Ping struct{ Next *Pong }

type Pong struct{ Next *Ping }

// Page is generic.
type Page[T any] struct {
	Items []T
	Next  *Page[T]
}

type Pages struct {
	Leaves Page[Leaf]
	Texts  Page[Text]
	Again  Page[Leaf]
}

// Anonymous has types without names.
type Anonymous struct {
	S struct {
		A int `json:"a"`
		b int
	}
	P **int
	M map[[2]int8]struct{}
	F func()
	C <-chan Leaf
	I interface{ Foo() }
}

// Tags has tags that need quoting.
type Tags struct {
	A string `json:"a" jsonschema:"description=say \"hi\",pattern=^\\d+$"`
	B string "json:\"b\" x:\"\u00e9\\t\""
}
