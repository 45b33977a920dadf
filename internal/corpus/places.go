package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"
)

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

// Levels have both a text and JSON of their own, and are integers to reflection.
type Levels struct {
	A slog.Level         `json:"a"`
	B *slog.Level        `json:"b"`
	C []slog.Level       `json:"c"`
	D map[slog.Level]int `json:"d"`
	E slog.Level         `json:"e" jsonschema:"default=INFO"`
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
