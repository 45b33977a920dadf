package schema_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
	"github.com/xmcpgo/xmcpgo/internal/corpus"
	"github.com/xmcpgo/xmcpgo/internal/corpus/corpusgen"
)

const corpusPath = "github.com/xmcpgo/xmcpgo/internal/corpus"

// subject is a type of the corpus as the generator sees it.
type subject struct {
	corpus.Entry
	model *model.Type
}

// subjects loads the corpus from source.
func subjects(t testing.TB) []subject {
	t.Helper()
	conv, pkgs := load(t, "../../..", "github.com/xmcpgo/xmcpgo", "./internal/corpus")
	scope := pkgs[corpusPath].Types.Scope()
	var all []subject
	for _, e := range corpus.Entries() {
		obj := scope.Lookup(e.Name)
		if obj == nil {
			t.Fatalf("no type %s in the corpus", e.Name)
		}
		all = append(all, subject{e, conv.Type(obj.Type())})
	}
	if len(all) < 150 {
		t.Fatalf("only %d types", len(all))
	}
	return all
}

// derive derives one schema of s as data, calling the JSONSchema methods as the server would.
func (s subject) derive(t testing.TB, mode func(*model.Type, schema.Options) (*schema.Result, []diag.Diagnostic)) object {
	t.Helper()
	r, ds := mode(s.model, schema.Options{Package: corpusPath})
	for _, d := range ds {
		if d.Severity == diag.Error {
			t.Fatalf("%s: %v", s.Name, d)
		}
	}
	var text strings.Builder
	for _, p := range r.Parts {
		if p.Custom == nil {
			text.WriteString(p.Text)
			continue
		}
		text.WriteString(customSchema(t, p.Custom.Name))
	}
	v, ok := decode([]byte(text.String())).(object)
	if !ok {
		t.Fatalf("%s: not an object: %s", s.Name, text.String())
	}
	return v
}

// customTypes are the types of the corpus that describe themselves.
var customTypes = map[string]reflect.Type{
	"Temperature": reflect.TypeFor[corpus.Temperature](),
	"HasTime":     reflect.TypeFor[corpus.HasTime](),
	"Described":   reflect.TypeFor[corpus.Described](),
}

func customSchema(t testing.TB, name string) string {
	t.Helper()
	typ := customTypes[name]
	if typ == nil {
		t.Fatalf("type %s has a JSONSchema method but is not listed", name)
	}
	out := reflect.New(typ).MethodByName("JSONSchema").Call(nil)[0].Interface()
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	var m object
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	m["x-custom"] = true
	if b, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// opaque reports whether s has a type with its own MarshalJSON and no schema.
func (s subject) opaque() bool {
	return reaches(s.Type, func(t reflect.Type) bool { return t == reflect.TypeFor[corpus.Decimal]() })
}

// hiddenKeys are the JSON names of fields that jsonschema:"-" leaves out, anywhere in t.
func hiddenKeys(t reflect.Type) map[string]bool {
	keys, seen := map[string]bool{}, map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				f := t.Field(i)
				if f.Tag.Get("jsonschema") == "-" {
					name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
					keys[name] = true
				}
				visit(f.Type)
			}
		}
	}
	visit(t)
	return keys
}

// TestOutputIsWhatEncodingJSONWrites holds output schemas against the JSON of zero and random values: each is valid, and the
// schema admits nothing at all that never comes.
func TestOutputIsWhatEncodingJSONWrites(t *testing.T) {
	for _, s := range subjects(t) {
		all, err := instances(s.Type, 120)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		out := s.derive(t, schema.Output)
		for _, w := range checkOutput(out, all, hiddenKeys(s.Type), s.opaque()) {
			t.Errorf("%s (%s, %s, %s): %s", s.Name, s.Kind, s.Tag, s.Position, w)
		}
	}
}

// TestCorpusCoversAllPairs counts which two of kind, tag and position occur together in the generated types.
func TestCorpusCoversAllPairs(t *testing.T) {
	want := map[[2]string]bool{}
	space := corpus.Space()
	for _, triple := range space {
		for _, p := range triple.Pairs() {
			want[p] = true
		}
	}
	have := map[[2]string]bool{}
	types := 0
	for _, e := range corpus.Entries() {
		if e.Kind == "" {
			continue
		}
		types++
		for _, p := range (corpus.Triple{Kind: e.Kind, Tag: e.Tag, Position: e.Position}).Pairs() {
			have[p] = true
		}
	}
	for p := range want {
		if !have[p] {
			t.Errorf("no type has %s with %s", p[0], p[1])
		}
	}
	all := len(corpus.Kinds)*len(corpus.Tags) + len(corpus.Kinds)*len(corpus.Positions) + len(corpus.Tags)*len(corpus.Positions)
	t.Logf("%d kinds, %d tags, %d positions: %d generated types cover %d of %d pairs; the other %d of all %d can't go together",
		len(corpus.Kinds), len(corpus.Tags), len(corpus.Positions), types, len(have), len(want), all-len(want), all)
	t.Logf("%d types in all, %d combinations are possible", len(corpus.Entries()), len(space))
}

// TestCorpusIsFresh holds the generated file against its generator.
func TestCorpusIsFresh(t *testing.T) {
	want, err := corpusgen.Source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../internal/corpus/generated.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/corpus/generated.go is stale: run go generate ./internal/corpus")
	}
}

// TestPropertiesKeepTheOrderOfEncodingJSON compares the order of the properties with that of the keys in the JSON.
func TestPropertiesKeepTheOrderOfEncodingJSON(t *testing.T) {
	for _, s := range subjects(t) {
		r, _ := schema.Output(s.model, schema.Options{Package: corpusPath})
		if r.Schema.Properties == nil {
			continue
		}
		v := reflect.New(s.Type)
		corpus.Filler{Rand: rand.New(rand.NewPCG(3, 4))}.Fill(v.Elem(), 4)
		b, err := json.Marshal(v.Interface())
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		dec := json.NewDecoder(bytesReader(b))
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				t.Fatal(err)
			}
			at[key.(string)] = len(at)
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				t.Fatal(err)
			}
		}
		last := -1
		for p := r.Schema.Properties.Oldest(); p != nil; p = p.Next() {
			i, ok := at[p.Key]
			if ok && i < last {
				t.Errorf("%s: %s comes too late", s.Name, p.Key)
			}
			if ok {
				last = i
			}
		}
	}
}
