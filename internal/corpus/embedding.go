package corpus

import "time"

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
