package schema

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// FuzzTag reads any text as a struct tag, on fields of several types. Nothing panics, each problem lies inside of the tag,
// the split is that of reflect and of invopop/jsonschema, and a tag without problems gives a schema that compiles and admits its
// own default.
func FuzzTag(f *testing.F) {
	for _, seed := range []string{
		`json:"a,omitempty" jsonschema:"minLength=1,pattern=^a\\,b$"`, `json:"a" jsonschema:"enum=a,enum=b,default=a" jsonschema_extras:"x-a=b,c=true"`,
		`jsonschema:"required,nullable,title=A\\, b"`, `json: "a"`, `jsonschema:"minimum=1,maximum=-1"`, `jsonschema:",,"`, `jsonschema:"-"`,
		`jsonschema:"oneof_type=string;integer"`, `jsonschema:"pattern=("`, `jsonschema:"a\`, `json:"a\x00b"`, "jsonschema:\"\xff\"", `jsonschema:"\\,\\\\,"`,
		`jsonschema:"default=1e5,multipleOf=1e-300"`, `jsonschema:"anyof_ref=#/$defs/x"`, `json:",string" jsonschema:"default=5"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		if len(tag) > 1000 || !utf8.ValidString(tag) { // a source file is UTF-8
			return
		}
		for _, lit := range []string{strconv.Quote(tag), "`" + tag + "`"} {
			if v, _, ok := model.UnquoteOffsets(lit); !ok || v != tag {
				continue
			}
			for _, typ := range fuzzTypes {
				checkTag(t, tag, lit, typ)
			}
		}
	})
}

var fuzzTypes = []*model.Type{
	{Kind: model.String}, {Kind: model.Int8}, {Kind: model.Float64}, {Kind: model.Bool}, {Kind: model.Interface},
	{Kind: model.Slice, Elem: &model.Type{Kind: model.String}}, {Kind: model.Pointer, Elem: &model.Type{Kind: model.Uint}},
}

func checkTag(t *testing.T, tag, lit string, typ *model.Type) {
	t.Helper()
	pos := diag.Pos{File: "a.go", Line: 3, Column: 5}
	field := &model.Field{Name: "V", Exported: true, Type: typ, Tag: tag, TagLit: lit, TagPos: pos, Pos: diag.Pos{File: "a.go", Line: 3, Column: 1}}
	parsed := tagOf(field)
	for _, p := range parsed.problems {
		if p.from < 0 || p.from > p.to || p.to > len(tag) {
			t.Errorf("problem %+v lies outside of %q", p, tag)
		}
	}
	if len(parsed.problems) == 0 {
		agrees(t, tag, parsed)
	}
	in := &model.Type{Kind: model.Struct, Name: "In", PkgPath: "app/tools", PkgName: "tools", InModule: true, Exported: true, Fields: []*model.Field{field}}
	res, ds := Input(in, Options{})
	_, _ = Output(in, Options{})
	failed := false
	for _, d := range ds {
		failed = failed || d.Severity == diag.Error
		lines := strings.Count(lit, "\n")
		if d.Line < 3 || d.Line > 3+lines || lines == 0 && d.Column > pos.Column+len(lit) {
			t.Errorf("%v lies outside of %q at %v", d, lit, pos)
		}
	}
	if !failed {
		valid(t, res)
	}
}

// agrees compares our reading of a tag with that of reflect and of invopop/jsonschema, whose split shows in the extras.
func agrees(t *testing.T, tag string, parsed *fieldTag) {
	t.Helper()
	st := reflect.StructTag(tag)
	var want []string
	got := map[string]bool{}
	for _, d := range parsed.directives {
		got[d.String()] = true
	}
	value := st.Get("jsonschema")
	if value == "" || value == "-" {
		return
	}
	probe := reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeFor[string](), Tag: reflect.StructTag(`jsonschema_extras:` + strconv.Quote(value))}})
	s := (&jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}).ReflectFromType(probe)
	p, _ := s.Properties.Get("V")
	for k, v := range p.Extras {
		switch v := v.(type) {
		case string:
			want = append(want, k+"="+v)
		case []string:
			for _, x := range v {
				want = append(want, k+"="+x)
			}
		}
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("invopop/jsonschema reads %q in %q, we read %v", w, tag, parsed.directives)
		}
	}
}

// valid compiles a schema and holds its default against it.
func valid(t *testing.T, res *Result) {
	t.Helper()
	text, _ := res.JSON()
	doc, err := validator.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("mem:///s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///s.json")
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for p := res.Schema.Properties.Oldest(); p != nil; p = p.Next() {
		if p.Value.Default == nil {
			continue
		}
		b, err := json.Marshal(map[string]any{p.Key: p.Value.Default})
		if err != nil {
			t.Fatal(err)
		}
		v, err := validator.UnmarshalJSON(strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil && !strings.Contains(err.Error(), "missing propert") && !strings.Contains(err.Error(), "anyOf") && !strings.Contains(err.Error(), "oneOf") {
			t.Errorf("the default is refused: %v in %s", err, text)
		}
	}
}

// FuzzUnquote compares our unquoting, which keeps offsets, with strconv's.
func FuzzUnquote(f *testing.F) {
	for _, seed := range []string{`"a\tb"`, "`a\nb`", `"\x41\u00e9\U0001F600\101"`, `"`, "``", `"\'"`, "\"\xff\"", "`\r`"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lit string) {
		got, offsets, ok := model.UnquoteOffsets(lit)
		want, err := strconv.Unquote(lit)
		if strings.HasPrefix(lit, "'") || strings.ContainsRune(lit, '\r') && strings.HasPrefix(lit, "`") {
			return // a rune, or what the language drops and strconv does not
		}
		if ok != (err == nil) {
			t.Fatalf("%q: ok is %v, strconv says %v", lit, ok, err)
		}
		if !ok {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", lit, diff)
		}
		if len(offsets) != len(got)+1 {
			t.Fatalf("%q: %d offsets for %d bytes", lit, len(offsets), len(got))
		}
		for i, off := range offsets {
			if off < 1 || off >= len(lit) || i > 0 && off < offsets[i-1] {
				t.Errorf("%q: offset %d of byte %d", lit, off, i)
			}
		}
	})
}
