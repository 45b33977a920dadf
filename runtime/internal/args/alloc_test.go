package args

import (
	"strings"
	"testing"
	"time"
)

// allocations returns how many allocations one call makes, the target included if it escapes: it is reused here.
func allocations[T any](t *testing.T, schema, body string) float64 {
	t.Helper()
	d, data := compileFor[T](t, schema), []byte(body)
	in := new(T)
	return testing.AllocsPerRun(200, func() {
		*in = *new(T)
		if v := d.Decode(data, in); v != nil {
			t.Fatal(v)
		}
	})
}

// The short strings of a call share one allocation, or few. Every other value that has to be copied costs one, and nothing else
// costs any.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		return
	}
	type list struct {
		Names []string `json:"names"`
		Sizes []int    `json:"sizes"`
	}
	for name, c := range map[string]struct{ got, want float64 }{
		// text and title together; lang is one of the strings of the schema, and those are shared by all calls.
		"flat":            {allocations[flatInput](t, flatSchema, flatBody), 1},
		"nothing given":   {allocations[holder[int]](t, property(`{"type":"integer","default":3}`), `{}`), 0},
		"numbers":         {allocations[fuzzScalars](t, `{"type":"object"}`, `{"i":1,"u8":2,"f":1.5,"f32":2.5e1,"b":true,"i64":1e1}`), 0},
		"escaped string":  {allocations[holder[string]](t, property(`{"type":"string"}`), `{"v":"a\nb"}`), 1},
		"checked strings": {allocations[holder[string]](t, property(`{"type":"string","pattern":"^a","minLength":1,"format":"hostname"}`), `{"v":"abc"}`), 1},
		"bounded numbers": {allocations[holder[float64]](t, property(`{"type":"number","minimum":0.5,"multipleOf":0.25}`), `{"v":0.75}`), 0},
		"pointer":         {allocations[holder[*int]](t, property(`{"type":"integer"}`), `{"v":7}`), 1},
		"raw":             {allocations[holder[[]byte]](t, property(`{"type":"string"}`), `{"v":"AQID"}`), 1},
		// One for the four slots of either slice, one for the names.
		"lists": {allocations[list](t, `{"type":"object","properties":{"names":{"type":"array","items":{"type":"string"}},"sizes":{"type":"array"}}}`,
			`{"names":["aa","bb","cc"],"sizes":[1,2,3,4]}`), 3},
		"long strings": {allocations[list](t, `{"type":"object"}`, `{"names":["`+strings.Repeat("x", 200)+`","`+strings.Repeat("y", 200)+`"]}`), 3},
		// The map, its memory, and the strings.
		"map":          {allocations[holder[map[string]string]](t, property(`{"type":"object"}`), `{"v":{"a":"x","b":"y","c":"z"}}`), 3},
		"time":         {allocations[holder[time.Time]](t, property(`{"type":"string","format":"date-time"}`), `{"v":"2026-12-01T12:00:00Z"}`), 0},
		"nullable":     {allocations[holder[*string]](t, property(`{"oneOf":[{"type":"string"},{"type":"null"}]}`), `{"v":null}`), 0},
		"object rules": {allocations[flatInput](t, `{"type":"object","oneOf":[{"required":["text"]},{"required":["title"]}]}`, `{"text":"xy"}`), 1},
		"unread":       {allocations[struct{}](t, `{"type":"object"}`, `{"a":{"b":[1,2,3]},"c":"d"}`), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v allocations, want %v", name, c.got, c.want)
		}
	}
}

// The words of a violation are only looked for when they will be read: a body full of errors costs little more than one
// without.
func TestErrorsAreCheap(t *testing.T) {
	if raceEnabled {
		return
	}
	d := compileFor[nestedInput](t, nestedSchema)
	for name, body := range map[string]string{
		"the same unknown property": `{` + strings.Repeat(`"nam":1,`, 20_000) + `"nam":1}`,
		"the same property":         `{` + strings.Repeat(`"name":"",`, 20_000) + `"name":""}`,
		"wrong items":               `{"tags":[` + strings.Repeat(`1,`, 20_000) + `1]}`,
		"wrong objects":             `{"items":[` + strings.Repeat(`{"i":1},`, 20_000) + `{}]}`,
	} {
		data := []byte(body)
		allocs := testing.AllocsPerRun(5, func() {
			if d.Decode(data, new(nestedInput)) == nil {
				t.Errorf("%s: accepted", name)
			}
		})
		if allocs > 2000 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}
