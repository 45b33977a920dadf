package lint

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSchemaProblem(t *testing.T) {
	tests := []struct{ schema, want string }{
		{`{"type":"object"}`, ""},
		{`{"type":"object","properties":{"a":true,"b":{"type":["string","null"],"enum":["x",null]}},"required":["a"],"additionalProperties":false}`, ""},
		{`{"type":"object","x-own":3,"title":"t","$defs":{"a":{"$ref":"#/$defs/a"}},"allOf":[{"minProperties":1}]}`, ""},
		{`{"type":"object"`, "unexpected end of JSON input"},
		{`{"type":"object"} x`, "invalid character 'x' after top-level value"},
		{`"object"`, "it is not an object"},
		{`null`, "it is null"},
		{`{}`, `its root has no "type":"object"`},
		{`{"type":["object","null"]}`, `its root has no "type":"object"`},
		{`{"type":"object","properties":[]}`, "properties must be an object of schemas"},
		{`{"type":"object","properties":{"a":{"type":"text"}}}`, "properties.a: type must be one of JSON's types"},
		{`{"type":"object","properties":{"a":{"type":[]}}}`, "properties.a: type must be one of JSON's types"},
		{`{"type":"object","properties":{"a":3}}`, "properties.a: it is not a schema"},
		{`{"type":"object","properties":{"a":{"items":{"minLength":-1}}}}`, "properties.a: items: minLength must be a whole number"},
		{`{"type":"object","anyOf":[]}`, "anyOf must be an array of schemas"},
		{`{"type":"object","oneOf":[{},{"maximum":"9"}]}`, "oneOf[1]: maximum must be a number"},
		{`{"type":"object","required":[1]}`, "required must be an array of strings"},
		{`{"type":"object","enum":{}}`, "enum must be an array"},
		{`{"type":"object","description":1}`, "description must be a string"},
		{`{"type":"object","propertyNames":{"pattern":"["}}`, "propertyNames: pattern: error parsing regexp: missing closing ]: `[`"},
		{`{"type":"object","maxItems":1.5}`, "maxItems must be a whole number"},
	}
	for _, tt := range tests {
		if got := schemaProblem(tt.schema, true); got != tt.want {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.schema, got, tt.want)
		}
	}
	if got := schemaProblem(`{"type":"array"}`, false); got != "" {
		t.Errorf("an output may be an array, got %q", got)
	}
	if got := schemaProblem(`{"type":"arr"}`, false); got != `its "type" is not one of JSON's types` {
		t.Errorf("got %q", got)
	}
}

// Whatever the text, there is an answer, and what is accepted is a JSON object.
func FuzzSchemaProblem(f *testing.F) {
	for _, seed := range []string{`{"type":"object"}`, `{"type":"object","properties":{"a":{"items":[1]}}}`, `[`, `{"allOf":[{"$ref":1}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if schemaProblem(text, true) != "" {
			return
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(text), &object); err != nil || object["type"] != "object" {
			t.Errorf("%q was accepted: %v", text, err)
		}
	})
}

func TestURIProblem(t *testing.T) {
	for uri, want := range map[string]string{
		"app://help": "", "mailto:a@example.com": "", "file:///a/b": "", "https://example.com/?q=1#f": "", "urn:isbn:1": "",
		"help": "no scheme", "//host/x": "no scheme", "": "no scheme", "app:": "nothing behind", "app://a b": "invalid character", "app:///a b": "must be escaped",
		"app://x/%zz": "invalid URL escape", ":x": "missing protocol scheme", "app:///a|b": "must be escaped",
	} {
		got := uriProblem(uri)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("uriProblem(%q) = %q, want %q in it", uri, got, want)
		}
	}
}

func TestShape(t *testing.T) {
	for uri, want := range map[string]string{
		"a://{id}/x": "a://{}/x", "a://{+path}": "a://{+}", "a://{?q,lang}": "a://{?,}", "a://x": "a://x", "a://{id:3}": "a://{:}",
	} {
		if got := shape(uri); got != want {
			t.Errorf("shape(%q) = %q, want %q", uri, got, want)
		}
	}
}

func TestIsScope(t *testing.T) {
	for scope, want := range map[string]bool{
		"notes:read": true, "https://example.com/a.b": true, "!#[]~": true, "": false, "a b": false, "a\"b": false, `a\b`: false, "ä": false, "a\n": false,
	} {
		if got := isScope(scope); got != want {
			t.Errorf("isScope(%q) = %v, want %v", scope, got, want)
		}
	}
}
