package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
)

const argumentsSchema = `{"type":"object","$defs":{"Size":{"type":"string","enum":["s","m"]},"Point":{"type":"object"}},"properties":{
	"text":{"type":"string","description":"What to say.\nAt length."},"count":{"type":"integer"},"ratio":{"type":"number"},"loud":{"type":"boolean"},
	"tags":{"type":"array","items":{"type":"string"}},"numbers":{"type":"array","items":{"type":"integer"}},
	"at":{"$ref":"#/$defs/Point","description":"Where."},"size":{"$ref":"#/$defs/Size"},"maybe":{"type":["string","null"]},"any":{},"all":true
	},"required":["text"],"additionalProperties":false}`

func TestReadArguments(t *testing.T) {
	tests := []struct{ pairs, want string }{
		{"text=hi", `{"text":"hi"}`},
		{"text=", `{"text":""}`},
		{"text=a=b", `{"text":"a=b"}`},
		{"text=12", `{"text":"12"}`},
		{`text="quoted"`, `{"text":"\"quoted\""}`},
		{"text=[1]", `{"text":"[1]"}`},
		{"text=x|count=12345678901234567890", `{"text":"x","count":12345678901234567890}`},
		{"text=x|ratio=1", `{"text":"x","ratio":1}`},
		{"text=x|ratio=1.50", `{"text":"x","ratio":1.50}`},
		{"text=x|loud=true", `{"text":"x","loud":true}`},
		{"text=x|tags=a|tags=b", `{"text":"x","tags":["a","b"]}`},
		{`text=x|tags=["a","b"]|tags=c`, `{"text":"x","tags":["a","b","c"]}`},
		{"text=x|numbers=1|numbers=2", `{"text":"x","numbers":[1,2]}`},
		{`text=x|at={"x":1}`, `{"text":"x","at":{"x":1}}`},
		{"text=x|size=m", `{"text":"x","size":"m"}`},
		{"text=x|maybe=null", `{"text":"x","maybe":null}`},
		{"text=x|any=1|all=x y", `{"text":"x","any":1,"all":"x y"}`},
	}
	s := readSchema(json.RawMessage(argumentsSchema))
	for _, tt := range tests {
		got, err := s.read(strings.Split(tt.pairs, "|"))
		if err != nil {
			t.Errorf("%s: %v", tt.pairs, err)
			continue
		}
		want, err := decodeJSON([]byte(tt.want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, any(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.pairs, diff)
		}
	}
}

func TestBadArguments(t *testing.T) {
	tests := []struct {
		pairs string
		says  []string
	}{
		{"", []string{`"" is not of the form NAME=VALUE`}},
		{"count=1", []string{"text is missing: add text=VALUE"}},
		{"text", []string{`"text" is not of the form NAME=VALUE`}},
		{"=x", []string{"NAME=VALUE"}},
		{"txet=x", []string{`no argument "txet"; did you mean text?`}},
		{"text=a|text=b", []string{"text is there twice"}},
		{"text=x|count=1.5", []string{`count: "1.5" is not an integer`}},
		{"text=x|count=many|loud=2", []string{`count: "many" is not an integer`, `loud: "2" is not a boolean`}},
		{"text=x|numbers=1|numbers=x", []string{`numbers: "x" is not an integer`}},
		{"text=x|tags=[1", []string{`tags: "[1" is not an array`}},
		{"text=x|at=here", []string{`at: "here" is not an object`}},
	}
	s := readSchema(json.RawMessage(argumentsSchema))
	for _, tt := range tests {
		got, err := s.read(strings.Split(tt.pairs, "|"))
		if err == nil {
			t.Errorf("%s is read as %v", tt.pairs, got)
			continue
		}
		for _, text := range tt.says {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: error %q does not say %q", tt.pairs, err, text)
			}
		}
	}
}

// A schema is a stranger's: whatever it is, values can be given.
func FuzzSchema(f *testing.F) {
	f.Add(argumentsSchema, "text=x", "tags=a")
	f.Add(`{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/A"}}}`, "a=1", "a=2")
	f.Add(`{"properties":{"a":{"type":["array","string"]}}}`, "a=[", "a=x")
	f.Add(`{"properties":{"a":null}}`, "a=1", "b=2")
	f.Fuzz(func(t *testing.T, schema, one, two string) {
		s := readSchema(json.RawMessage(schema))
		_, _ = s.read([]string{one, two})
		for _, a := range s.arguments() {
			_ = a.about()
		}
	})
}

func TestArgumentsAreDescribed(t *testing.T) {
	var got []string
	for _, a := range readSchema(json.RawMessage(argumentsSchema)).arguments() {
		got = append(got, a.name+" "+a.about())
	}
	want := []string{"text string: What to say.", "all optional", "any optional", "at object, optional: Where.", "count integer, optional", "loud boolean, optional",
		"maybe string or null, optional", "numbers array, optional", "ratio number, optional", "size string, optional", "tags array, optional"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
}

func TestResultText(t *testing.T) {
	tests := []struct{ name, result, want string }{
		{"text", `{"content":[{"type":"text","text":"Hello"},{"type":"text","text":"there\n"}]}`, "Hello\nthere\n"},
		{"structured, with the same as text", `{"structuredContent":{"a":1},"content":[{"type":"text","text":"{\"a\":1}"}]}`, "{\n  \"a\": 1\n}\n"},
		{"structured and words", `{"structuredContent":{"a":1},"content":[{"type":"text","text":"One a."}]}`, "{\n  \"a\": 1\n}\nOne a.\n"},
		{"an image", `{"content":[{"type":"image","mimeType":"image/png","data":"AAAAAAAA"}]}`, "[image image/png, 6 bytes]\n"},
		{"a link", `{"content":[{"type":"resource_link","uri":"app://x","name":"x"}]}`, "[link x app://x]\n"},
		{"a resource", `{"content":[{"type":"resource","resource":{"uri":"app://x","text":"body"}}]}`, "body\n"},
		{"bytes", `{"content":[{"type":"resource","resource":{"uri":"app://x","mimeType":"a/b","blob":"AAAA"}}]}`, "[resource app://x a/b, 3 bytes]\n"},
		{"nothing", `{"content":[]}`, ""},
		{"an escape sequence", `{"content":[{"type":"text","text":"\u001b[2Jx\u009b31m\ty"}]}`, "[2Jx31m\ty\n"},
	}
	for _, tt := range tests {
		r := &remote.Result{}
		if err := json.Unmarshal([]byte(tt.result), r); err != nil {
			t.Fatal(err)
		}
		if got := resultText(r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
