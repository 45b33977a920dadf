package args

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

func ExampleCompile() {
	type SaveNoteInput struct {
		Text  string   `json:"text"`
		Tags  []string `json:"tags"`
		Color string   `json:"color"`
	}
	d, err := Compile(reflect.TypeFor[SaveNoteInput](), []byte(`{
		"type": "object",
		"additionalProperties": false,
		"required": ["text"],
		"properties": {
			"text":  {"type": "string", "minLength": 1},
			"tags":  {"type": "array", "items": {"type": "string"}},
			"color": {"type": "string", "enum": ["red", "blue"], "default": "blue"}
		}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	var in SaveNoteInput
	fmt.Println(d.Decode([]byte(`{"text": "Buy milk", "tags": ["home"]}`), &in), in)

	for _, v := range d.Decode([]byte(`{"txt": "Buy milk", "tags": ["home", 7], "color": "green"}`), new(SaveNoteInput)) {
		fmt.Println(v)
	}
	// Output:
	// [] {Buy milk [home] blue}
	// $ unknown property "txt", did you mean "text"?
	// $.tags[1] must be a string, got a number
	// $.color must be one of "red", "blue"
	// $ missing required property "text"
}

// Everything that Decode returns must live on when the bytes it was made of are used for the next request.
func TestDecodeKeepsNothing(t *testing.T) {
	data := []byte(`{"name":"Ada \u0041","email":"é","age":1,"score":1,"active":true,"role":"admin","tags":["a"],"sizes":[],` +
		`"address":{"street":"s","city":"c","zip":"12345"},"items":[],"limits":{"k":1},"extra":{"x":"y"}}`)
	var in, want nestedInput
	if v := compileFor[nestedInput](t, nestedSchema).Decode(data, &in); v != nil {
		t.Fatal(v)
	}
	if err := json.Unmarshal(bytes.Clone(data), &want); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = '#'
	}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Error(diff)
	}
	bad := []byte(`{"nonsense":1,"limits":{"key":"x"}}`)
	violations := compileFor[nestedInput](t, nestedSchema).Decode(bad, new(nestedInput))
	before := fmt.Sprint(violations)
	clear(bad)
	if after := fmt.Sprint(violations); after != before {
		t.Errorf("violations changed from %s to %s", before, after)
	}
}

// A parser goes back to its pool clean, whatever it went through.
func TestParsersAreReusable(t *testing.T) {
	d := compileFor[nestedInput](t, nestedSchema)
	for _, bad := range []string{`{"name":`, `{"tags":[1,[2,{"a":[`, `[[[[`, `{"limits":{"a":{"b":`, `{"extra":[1,{"a":1,"a":2}`, strings.Repeat(`[`, 5000),
		`{"extra":` + strings.Repeat(`{"a":`, 500) + `1` + strings.Repeat(`}`, 500) + `}`} {
		if d.Decode([]byte(bad), new(nestedInput)) == nil {
			t.Errorf("%s accepted", bad)
		}
		if v := d.Decode([]byte(nestedBody), new(nestedInput)); v != nil {
			t.Errorf("after %s: %v", bad, v)
		}
	}
}

func TestDecodeConcurrently(t *testing.T) {
	d := compileFor[withDefaults](t, defaultsSchema)
	var want withDefaults
	d.Decode(nil, &want)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				var got withDefaults
				if v := d.Decode([]byte(`{}`), &got); v != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("got %+v, %v", got, v)
					return
				}
				got.Tags[0] = "changed"
				d.Decode([]byte(`{"text":1,"nope":[{}]}`), new(withDefaults))
			}
		})
	}
	group.Wait()
}

// What is decoded is visible to the garbage collector.
func TestDecodedMemorySurvivesCollection(t *testing.T) {
	d := compileFor[fuzzChain](t, `{"type":"object"}`)
	body := strings.Repeat(`{"next":`, 200) + `{"V":1,"Map":{"a":{"V":2,"Via":[{"V":3},{"V":4},{"V":5},{"V":6},{"V":7},{"V":8}]}}}` + strings.Repeat(`}`, 200)
	var chains []*fuzzChain
	for range 50 {
		c := new(fuzzChain)
		if v := d.Decode([]byte(body), c); v != nil {
			t.Fatal(v)
		}
		chains = append(chains, c)
		runtime.GC()
	}
	for _, c := range chains {
		for c.Next != nil {
			c = c.Next
		}
		if got := c.Map["a"]; c.V != 1 || got.V != 2 || len(got.Via) != 6 || got.Via[5].V != 8 {
			t.Fatalf("got %+v", c)
		}
	}
}

// An object with more properties than a machine word has bits.
func TestLargeObjects(t *testing.T) {
	var fields []reflect.StructField
	var properties, required, values []string
	for i := range 300 {
		name := fmt.Sprintf("property_%d", i)
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: reflect.TypeFor[int](), Tag: reflect.StructTag(`json:"` + name + `"`)})
		properties = append(properties, fmt.Sprintf(`%q:{"type":"integer"}`, name))
		required = append(required, fmt.Sprintf("%q", name))
		values = append(values, fmt.Sprintf("%q:%d", name, i))
	}
	typ := reflect.StructOf(fields)
	d, err := Compile(typ, []byte(`{"type":"object","additionalProperties":false,"properties":{`+strings.Join(properties, ",")+`},"required":[`+strings.Join(required, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	in := reflect.New(typ)
	if v := d.Decode([]byte(`{`+strings.Join(values, ",")+`}`), in.Interface()); v != nil {
		t.Fatal(v)
	}
	for i := range 300 {
		if got := in.Elem().Field(i).Int(); got != int64(i) {
			t.Errorf("field %d is %d", i, got)
		}
	}
	values = append(values[:200], values[201:]...)
	if got := fmt.Sprint(d.Decode([]byte(`{`+strings.Join(values, ",")+`}`), reflect.New(typ).Interface())); got != `[$ missing required property "property_200"]` {
		t.Error(got)
	}
	values = append(values, values[130])
	if got := fmt.Sprint(d.Decode([]byte(`{`+strings.Join(values, ",")+`}`), reflect.New(typ).Interface())); !strings.Contains(got, `has the property "property_130" more than once`) {
		t.Error(got)
	}
}

func TestLimitsAreConfigurable(t *testing.T) {
	d, err := Config{MaxDepth: 3, MaxViolations: 1}.Compile(reflect.TypeFor[holder[any]](), []byte(property(`{"items":{"type":"string"}}`)))
	if err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string]string{
		`{"v":[["a"]]}`:   `[$.v[0] must be a string, got an array]`,
		`{"v":[[["a"]]]}`: `[$ nests deeper than 3 levels]`,
		`{"v":[1,2]}`:     `[$.v[0] must be a string, got a number $ and 1 more problem]`,
	} {
		if got := fmt.Sprint(d.Decode([]byte(input), new(holder[any]))); got != want {
			t.Errorf("%s: got %s, want %s", input, got, want)
		}
	}
}

// The layouts that memory.go relies on.
func TestMemoryLayout(t *testing.T) {
	if unsafe.Sizeof(sliceHeader{}) != unsafe.Sizeof([]int{}) {
		t.Error("the slice header has another size")
	}
	s := make([]int, 2, 5)
	if h := (*sliceHeader)(unsafe.Pointer(&s)); h.len != 2 || h.cap != 5 || h.data != unsafe.Pointer(&s[0]) {
		t.Errorf("got %+v", h)
	}
}
