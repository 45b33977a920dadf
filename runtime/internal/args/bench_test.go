package args

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

type flatInput struct {
	Text  string `json:"text"`
	Title string `json:"title"`
	Lang  string `json:"lang"`
	Count int    `json:"count"`
	Page  int    `json:"page"`
	Draft bool   `json:"draft"`
}

const flatSchema = `{
	"type": "object",
	"properties": {
		"text":  {"type": "string", "minLength": 1, "maxLength": 2000},
		"title": {"type": "string", "maxLength": 100},
		"lang":  {"type": "string", "enum": ["en", "de", "fr"]},
		"count": {"type": "integer", "minimum": 1, "maximum": 100},
		"page":  {"type": "integer", "minimum": 0},
		"draft": {"type": "boolean"}
	},
	"required": ["text", "title", "lang", "count", "page"],
	"additionalProperties": false
}`

const flatBody = `{"text":"Buy milk and bread","title":"Shopping","lang":"en","count":12,"page":3,"draft":true}`

type (
	nestedInput struct {
		Name    string          `json:"name"`
		Email   string          `json:"email"`
		Age     int             `json:"age"`
		Score   float64         `json:"score"`
		Active  bool            `json:"active"`
		Role    string          `json:"role"`
		Tags    []string        `json:"tags"`
		Sizes   []int           `json:"sizes"`
		Address nestedAddress   `json:"address"`
		Items   []nestedItem    `json:"items"`
		Note    *string         `json:"note,omitempty"`
		Limits  map[string]int  `json:"limits"`
		Extra   json.RawMessage `json:"extra,omitempty"`
	}
	nestedAddress struct {
		Street string `json:"street"`
		City   string `json:"city"`
		Zip    string `json:"zip"`
	}
	nestedItem struct {
		ID    int     `json:"id"`
		Kind  string  `json:"kind"`
		Price float64 `json:"price"`
	}
)

const nestedSchema = `{
	"type": "object",
	"additionalProperties": false,
	"required": ["name", "email", "age", "score", "active", "role", "tags", "sizes", "address", "items", "limits"],
	"properties": {
		"name":    {"type": "string", "minLength": 1},
		"email":   {"type": "string"},
		"age":     {"type": "integer", "minimum": 0, "maximum": 150},
		"score":   {"type": "number", "minimum": 0},
		"active":  {"type": "boolean"},
		"role":    {"type": "string", "enum": ["admin", "member", "guest"]},
		"tags":    {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 10},
		"sizes":   {"type": "array", "items": {"type": "integer"}},
		"address": {"$ref": "#/$defs/Address"},
		"items":   {"type": "array", "items": {"$ref": "#/$defs/Item"}},
		"note":    {"type": "string"},
		"limits":  {"type": "object", "additionalProperties": {"type": "integer"}},
		"extra":   {}
	},
	"$defs": {
		"Address": {
			"type": "object", "additionalProperties": false, "required": ["street", "city", "zip"],
			"properties": {"street": {"type": "string"}, "city": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}$"}}
		},
		"Item": {
			"type": "object", "additionalProperties": false, "required": ["id", "kind", "price"],
			"properties": {"id": {"type": "integer"}, "kind": {"type": "string", "enum": ["book", "disc"]}, "price": {"type": "number"}}
		}
	}
}`

const nestedBody = `{"name":"Ada","email":"ada@example.com","age":36,"score":9.5,"active":true,"role":"admin",` +
	`"tags":["math","engine","notes"],"sizes":[1,2,3,5,8],"address":{"street":"St James's Square 12","city":"London","zip":"12345"},` +
	`"items":[{"id":1,"kind":"book","price":12.5},{"id":2,"kind":"disc","price":7}],"note":"first","limits":{"day":10,"week":50}}`

func compileFor[T any](t testing.TB, schema string) *Decoder {
	t.Helper()
	d, err := Compile(reflect.TypeFor[T](), []byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func benchmark[T any](b *testing.B, schema, body string) {
	d := compileFor[T](b, schema)
	data := []byte(body)
	b.Run("args", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var in T
			if v := d.Decode(data, &in); v != nil {
				b.Fatal(v)
			}
		}
	})
	b.Run("encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var in T
			decoder := json.NewDecoder(bytes.NewReader(data))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&in); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkFlat(b *testing.B)   { benchmark[flatInput](b, flatSchema, flatBody) }
func BenchmarkNested(b *testing.B) { benchmark[nestedInput](b, nestedSchema, nestedBody) }
