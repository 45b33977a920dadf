package compare

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// shown is what a test says of a change: verdict, rule, place and message.
func shown(changes []Change) []string {
	var lines []string
	for _, c := range changes {
		where := strings.Fields(string(c.Rule.Level) + " " + c.Rule.ID + " " + strings.TrimPrefix(c.Item, "tool t") + " " + c.Path)
		lines = append(lines, strings.Join(where, " ")+": "+c.Message)
	}
	return lines
}

func toolWith(kind side, schema string) *contract.Contract {
	t := contract.Tool{Name: "t", InputSchema: json.RawMessage(`{"type":"object"}`)}
	if kind == input {
		t.InputSchema = json.RawMessage(schema)
	} else {
		t.OutputSchema = json.RawMessage(schema)
	}
	return &contract.Contract{Tools: []contract.Tool{t}}
}

// object is a closed object with these properties and these required ones.
func object(properties string, required ...string) string {
	names, err := json.Marshal(append([]string{}, required...))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"type":"object","properties":{%s},"required":%s,"additionalProperties":false}`, properties, names)
}

func open(properties string, required ...string) string {
	return strings.Replace(object(properties, required...), `,"additionalProperties":false`, "", 1)
}

// prop is an object with one property.
func prop(schema string) string { return object(`"a":` + schema) }

type schemaChange struct {
	name          string
	kind          side
	before, after string
	want          []string
}

var schemaChanges = []schemaChange{
	// properties of an input
	{"an optional argument more", input, object(``), object(`"a":{"type":"string"}`), []string{"compatible input-property-added input.a: is new and optional"}},
	{"a required argument more", input, object(``), object(`"a":{"type":"string"}`, "a"), []string{"breaking input-required-added input.a: is new and required"}},
	{"an argument fewer", input, object(`"a":{"type":"string"}`), object(``), []string{"breaking input-property-removed input.a: is gone"}},
	{"a renamed argument", input, object(`"a":{"type":"string"}`, "a"), object(`"b":{"type":"string"}`, "b"),
		[]string{"breaking input-property-removed input.a: is gone", "breaking input-required-added input.b: is new and required"}},
	{"optional to required", input, object(`"a":{}`), object(`"a":{}`, "a"), []string{"breaking input-required-added input.a: was optional, is required"}},
	{"required to optional", input, object(`"a":{}`, "a"), object(`"a":{}`), []string{"compatible input-required-removed input.a: was required, is optional"}},
	{"required without a schema", input, open(``), open(``, "a"), []string{"breaking input-required-added input.a: is new and required"}},
	{"no change but the order", input, `{"type":"object","properties":{"a":{},"b":{}},"required":["a","b"]}`, `{"required":["b","a"],"properties":{"b":{},"a":{}},"type":"object"}`, nil},

	// properties of an output
	{"a result property more", output, open(``), open(`"a":{"type":"string"}`, "a"), []string{"compatible output-property-added output.a: is new"}},
	{"a result property more where none may be", output, object(``), object(`"a":{}`), []string{"breaking output-property-unexpected output.a: is new, where nothing more was to come"}},
	{"a required result property fewer", output, open(`"a":{}`, "a"), open(``), []string{"breaking output-required-removed output.a: was always there, is gone"}},
	{"an optional result property fewer", output, open(`"a":{}`), open(``), []string{"compatible output-property-removed output.a: is gone, and was optional"}},
	{"a result property that may be missing", output, open(`"a":{}`, "a"), open(`"a":{}`), []string{"breaking output-required-removed output.a: was always there, may be missing"}},
	{"a result property that is always there", output, open(`"a":{}`), open(`"a":{}`, "a"), []string{"compatible output-required-added output.a: is always there"}},

	// types
	{"another type", input, prop(`{"type":"string"}`), prop(`{"type":"integer"}`), []string{"breaking input-type-changed input.a: was string, is integer"}},
	{"integer to number", input, prop(`{"type":"integer"}`), prop(`{"type":"number"}`), []string{"compatible input-type-widened input.a: was an integer, is a number"}},
	{"number to integer", input, prop(`{"type":"number"}`), prop(`{"type":"integer"}`), []string{"breaking input-type-narrowed input.a: was a number, is an integer"}},
	{"integer to number in the result", output, open(`"a":{"type":"integer"}`), open(`"a":{"type":"number"}`), []string{"breaking output-type-widened output.a: was an integer, is a number"}},
	{"number to integer in the result", output, open(`"a":{"type":"number"}`), open(`"a":{"type":"integer"}`), []string{"compatible output-type-narrowed output.a: was a number, is an integer"}},
	{"another type in the result", output, open(`"a":{"type":"string"}`), open(`"a":{"type":"object"}`), []string{"breaking output-type-changed output.a: was string, is object"}},
	{"null accepted", input, prop(`{"type":"string"}`), prop(`{"type":["string","null"]}`), []string{"compatible input-type-widened input.a: may be null, too"}},
	{"null refused", input, prop(`{"type":["string","null"]}`), prop(`{"type":"string"}`), []string{"breaking input-type-narrowed input.a: is null no longer"}},
	{"a result that may be null", output, open(`"a":{"type":"array","items":{}}`), open(`"a":{"anyOf":[{"type":"array","items":{}},{"type":"null"}]}`),
		[]string{"breaking output-type-widened output.a: may be null, too"}},
	{"two ways to write a union", output, open(`"a":{"type":["array","null"],"items":{"type":"string"}}`), open(`"a":{"anyOf":[{"type":"null"},{"type":"array","items":{"type":"string"}}]}`), nil},
	{"a change inside of a union", output, open(`"a":{"type":["array","null"],"items":{"type":"string"}}`), open(`"a":{"anyOf":[{"type":"array","items":{"type":"integer"}},{"type":"null"}]}`),
		[]string{"breaking output-type-changed output.a[]: was string, is integer"}},
	{"a member of a union in the place of another", input, prop(`{"type":["string","null"]}`), prop(`{"type":["boolean","null"]}`), []string{"breaking input-type-changed input.a: was string, is boolean"}},
	{"any value to one type", input, prop(`{}`), prop(`{"type":"string"}`), []string{"breaking input-type-narrowed input.a: was any value, is string"}},
	{"one type to any value", input, prop(`{"type":"string"}`), prop(`{}`), []string{"compatible input-type-widened input.a: was string, is any value"}},
	{"a union to any value", input, prop(`{"type":["string","null"]}`), prop(`true`), []string{"compatible input-type-widened input.a: may be any value, too"}},
	{"nothing to something", input, prop(`false`), prop(`{}`), []string{"compatible input-keyword-widened input.a: not is gone"}},
	{"members that are told apart by a constant", input, prop(`{"oneOf":[{"type":"object","properties":{"k":{"const":"x"},"n":{"type":"string"}}},{"type":"object","properties":{"k":{"const":"y"}}}]}`),
		prop(`{"oneOf":[{"type":"object","properties":{"k":{"const":"y"}}},{"type":"object","properties":{"k":{"const":"x"},"n":{"type":"integer"}}}]}`),
		[]string{"breaking input-type-changed input.a.n: was string, is integer"}},

	// values
	{"a value fewer", input, prop(`{"enum":["x","y"]}`), prop(`{"enum":["x"]}`), []string{`breaking input-values-narrowed input.a: is no longer "y"`}},
	{"a value more", input, prop(`{"enum":["x"]}`), prop(`{"enum":["x","y"]}`), []string{`compatible input-values-widened input.a: may be "y"`}},
	{"a value for another", input, prop(`{"enum":["x","y"]}`), prop(`{"enum":["x","z"]}`),
		[]string{`breaking input-values-narrowed input.a: is no longer "y"`, `compatible input-values-widened input.a: may be "z"`}},
	{"values in another order", input, prop(`{"enum":[1,2]}`), prop(`{"enum":[2,1.0]}`), nil},
	{"a list of values where there was none", input, prop(`{"type":"string"}`), prop(`{"type":"string","enum":["x"]}`), []string{`breaking input-values-narrowed input.a: is one of "x" only`}},
	{"no list of values any more", input, prop(`{"type":"string","const":"x"}`), prop(`{"type":"string"}`), []string{`compatible input-values-widened input.a: is not one of "x" only`}},
	{"a value more in the result", output, open(`"a":{"enum":["x"]}`), open(`"a":{"enum":["x","y"]}`), []string{`breaking output-values-widened output.a: may be "y"`}},
	{"a value fewer in the result", output, open(`"a":{"enum":["x","y"]}`), open(`"a":{"enum":["x"]}`), []string{`compatible output-values-narrowed output.a: is no longer "y"`}},
	{"a type that the values told already", input, prop(`{"enum":["x"]}`), prop(`{"type":"string","enum":["x"]}`), nil},

	// bounds
	{"a higher minimum", input, prop(`{"type":"integer","minimum":1}`), prop(`{"type":"integer","minimum":2}`), []string{"breaking input-range-narrowed input.a: minimum was 1, is 2"}},
	{"a lower minimum", input, prop(`{"type":"integer","minimum":1}`), prop(`{"type":"integer","minimum":0}`), []string{"compatible input-range-widened input.a: minimum was 1, is 0"}},
	{"a maximum where there was none", input, prop(`{"type":"number"}`), prop(`{"type":"number","maximum":2.50}`), []string{"breaking input-range-narrowed input.a: maximum is 2.5, there was none"}},
	{"no maximum any more", input, prop(`{"type":"number","maximum":2}`), prop(`{"type":"number"}`), []string{"compatible input-range-widened input.a: maximum was 2, there is none"}},
	{"the same bound in another way", input, prop(`{"type":"integer","exclusiveMinimum":0}`), prop(`{"type":"integer","minimum":1}`), nil},
	{"a bound that excludes itself", input, prop(`{"type":"number","maximum":1}`), prop(`{"type":"number","exclusiveMaximum":1}`),
		[]string{"breaking input-range-narrowed input.a: maximum was 1, is 1 (itself excluded)"}},
	{"a longer text", input, prop(`{"type":"string","maxLength":10}`), prop(`{"type":"string","maxLength":20}`), []string{"compatible input-range-widened input.a: maxLength was 10, is 20"}},
	{"a shorter text", input, prop(`{"type":"string","maxLength":20}`), prop(`{"type":"string","maxLength":10}`), []string{"breaking input-range-narrowed input.a: maxLength was 20, is 10"}},
	{"a text that may be empty", input, prop(`{"type":"string","minLength":1}`), prop(`{"type":"string","minLength":0}`), []string{"compatible input-range-widened input.a: minLength was 1, there is none"}},
	{"fewer items", input, prop(`{"type":"array","items":{},"maxItems":5}`), prop(`{"type":"array","items":{},"maxItems":4}`), []string{"breaking input-range-narrowed input.a: maxItems was 5, is 4"}},
	{"items that must differ", input, prop(`{"type":"array","items":{}}`), prop(`{"type":"array","items":{},"uniqueItems":true}`), []string{"breaking input-range-narrowed input.a: its items must differ"}},
	{"items that need not differ", input, prop(`{"type":"array","items":{},"uniqueItems":true}`), prop(`{"type":"array","items":{}}`), []string{"compatible input-range-widened input.a: its items need not differ"}},
	{"finer steps", input, prop(`{"type":"number","multipleOf":1}`), prop(`{"type":"number","multipleOf":0.5}`), []string{"compatible input-range-widened input.a: was a multiple of 1, is one of 1/2"}},
	{"coarser steps", input, prop(`{"type":"integer","multipleOf":2}`), prop(`{"type":"integer","multipleOf":4}`), []string{"breaking input-range-narrowed input.a: was a multiple of 2, is one of 4"}},
	{"other steps", input, prop(`{"type":"integer","multipleOf":2}`), prop(`{"type":"integer","multipleOf":3}`), []string{"breaking input-range-changed input.a: was a multiple of 2, is one of 3"}},
	{"other steps in the result", output, prop(`{"type":"integer","multipleOf":2}`), prop(`{"type":"integer","multipleOf":3}`), []string{"breaking output-range-changed output.a: was a multiple of 2, is one of 3"}},
	{"a wider bound in the result", output, open(`"a":{"type":"integer","minimum":1}`), open(`"a":{"type":"integer","minimum":0}`), []string{"breaking output-range-widened output.a: minimum was 1, is 0"}},
	{"a closer bound in the result", output, open(`"a":{"type":"integer","minimum":0}`), open(`"a":{"type":"integer","minimum":1}`), []string{"compatible output-range-narrowed output.a: minimum was 0, is 1"}},
	{"a bound that nobody can read", input, prop(`{"type":"number","minimum":1e999999999}`), prop(`{"type":"number"}`), nil},

	// texts
	{"a pattern", input, prop(`{"type":"string"}`), prop(`{"type":"string","pattern":"^a"}`), []string{`breaking input-pattern-narrowed input.a: pattern is "^a", there was none`}},
	{"no pattern any more", input, prop(`{"type":"string","pattern":"^a"}`), prop(`{"type":"string"}`), []string{`compatible input-pattern-widened input.a: pattern was "^a", there is none`}},
	{"another pattern", input, prop(`{"type":"string","pattern":"^a"}`), prop(`{"type":"string","pattern":"^b"}`), []string{`breaking input-pattern-changed input.a: pattern was "^a", is "^b"`}},
	{"another format", input, prop(`{"type":"string","format":"uri"}`), prop(`{"type":"string","format":"email"}`), []string{`breaking input-pattern-changed input.a: format was "uri", is "email"`}},
	{"a format in the result", output, open(`"a":{"type":"string"}`), open(`"a":{"type":"string","format":"date"}`), []string{`compatible output-pattern-narrowed output.a: format is "date", there was none`}},
	{"no format in the result any more", output, open(`"a":{"type":"string","format":"date"}`), open(`"a":{"type":"string"}`), []string{`breaking output-pattern-widened output.a: format was "date", there is none`}},
	{"another format in the result", output, open(`"a":{"type":"string","format":"date"}`), open(`"a":{"type":"string","format":"date-time"}`),
		[]string{`breaking output-pattern-changed output.a: format was "date", is "date-time"`}},

	// open and closed objects
	{"closed", input, open(``), object(``), []string{"breaking input-extra-narrowed input: takes no other properties any more"}},
	{"opened", input, object(``), open(``), []string{"compatible input-extra-widened input: takes other properties, too"}},
	{"a map of other values", input, prop(`{"type":"object","additionalProperties":{"type":"string"}}`), prop(`{"type":"object","additionalProperties":{"type":"integer"}}`),
		[]string{"breaking input-type-changed input.a.*: was string, is integer"}},
	{"a map of anything", input, prop(`{"type":"object","additionalProperties":{"type":"string"}}`), prop(`{"type":"object","additionalProperties":{}}`),
		[]string{"compatible input-extra-widened input.a: takes other properties of any kind"}},
	{"a map of something", input, prop(`{"type":"object"}`), prop(`{"type":"object","additionalProperties":{"type":"string"}}`),
		[]string{"breaking input-extra-narrowed input.a: takes other properties of some kinds only"}},
	{"opened in the result", output, object(``), open(``), []string{"breaking output-extra-widened output: takes other properties, too"}},
	{"closed in the result", output, open(``), object(``), []string{"compatible output-extra-narrowed output: takes no other properties any more"}},

	// defaults
	{"a default", input, prop(`{"type":"integer"}`), prop(`{"type":"integer","default":1}`), []string{"compatible input-default-added input.a: default is 1"}},
	{"another default", input, prop(`{"type":"integer","default":1}`), prop(`{"type":"integer","default":2}`), []string{"breaking input-default-changed input.a: default was 1, is 2"}},
	{"the same default", input, prop(`{"type":"number","default":1}`), prop(`{"type":"number","default":1.0}`), nil},
	{"no default any more", input, prop(`{"type":"integer","default":1}`), prop(`{"type":"integer"}`), []string{"breaking input-default-removed input.a: default was 1, there is none"}},
	{"a default in the result means nothing", output, open(`"a":{"default":1}`), open(`"a":{"default":2}`), nil},

	// deeper
	{"deep inside", input, prop(`{"type":"array","items":{"type":"object","properties":{"b c":{"type":"string"}}}}`), prop(`{"type":"array","items":{"type":"object","properties":{"b c":{"type":"string","minLength":1}}}}`),
		[]string{`breaking input-range-narrowed input.a[]."b c": minLength is 1, there was none`}},
	{"a tuple", input, prop(`{"type":"array","prefixItems":[{"type":"string"}]}`), prop(`{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]}`),
		[]string{"breaking input-type-narrowed input.a[1]: was any value, is integer"}},
	{"a reference to nowhere", input, prop(`{"$ref":"#/$defs/A"}`), prop(`{"type":"string"}`),
		[]string{"breaking input-type-narrowed input.a: was any value, is string", "compatible input-keyword-widened input.a: $ref is gone"}},
	{"a definition that moved in", input, `{"type":"object","properties":{"a":{"$ref":"#/$defs/x~1y"}},"$defs":{"x/y":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`, nil},
	{"a definition by another name", input, `{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"$ref":"#/$defs/B"}},"$defs":{"B":{"type":"string"}}}`, nil},
	{"a definition that is used twice", input, `{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}`,
		`{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/A","description":"B."}},"$defs":{"A":{"type":"integer"}}}`,
		[]string{"breaking input-type-changed input.a: was string, is integer", "compatible input-text-changed input.b: description differs"}},
	{"a recursive type", input, `{"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"},"v":{"type":"string"}}}}}`,
		`{"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"},"v":{"type":"integer"}}}}}`,
		[]string{"breaking input-type-changed input.v: was string, is integer"}},
	{"a recursion by the root", output, open(`"next":{"$ref":"#"}`), open(`"next":{"$ref":"#"},"v":{}`), []string{"compatible output-property-added output.v: is new"}},
	{"a reference in a circle", input, `{"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}`, `{"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}`, nil},
	{"allOf that says the same", input, prop(`{"allOf":[{"type":"string"},{"minLength":1}]}`), prop(`{"type":"string","minLength":1}`), nil},
	{"allOf that cannot be put together", input, prop(`{"allOf":[{"pattern":"a"},{"pattern":"b"}]}`), prop(`{"allOf":[{"pattern":"a"},{"pattern":"c"}]}`),
		[]string{`breaking input-pattern-changed input.a: pattern was "b", is "c"`}},
	{"allOf that holds what cannot be put together", input, prop(`{"allOf":[{"pattern":"a"},{"pattern":"b"}]}`), prop(`{"allOf":[{"pattern":"c"},{"pattern":"b"}]}`),
		[]string{`breaking input-keyword-changed input.a: allOf differs`}},
	{"a keyword more", input, prop(`{"type":"string"}`), prop(`{"type":"string","not":{"const":"x"}}`), []string{"breaking input-keyword-narrowed input.a: not is new"}},
	{"a keyword more in the result", output, prop(`{"type":"string"}`), prop(`{"type":"string","not":{"const":"x"}}`), []string{"compatible output-keyword-narrowed output.a: not is new"}},
	{"a keyword fewer in the result", output, prop(`{"not":{"const":"x"}}`), prop(`{}`), []string{"breaking output-keyword-widened output.a: not is gone"}},
	{"another keyword in the result", output, prop(`{"not":{"const":"x"}}`), prop(`{"not":{"const":"y"}}`), []string{"breaking output-keyword-changed output.a: not differs"}},
	{"the schema of another type", input, prop(`{"x-xmcpgo-type":"geo.Point"}`), prop(`{"x-xmcpgo-type":"geo.Place"}`),
		[]string{"breaking input-keyword-changed input.a: has the schema of another type: was geo.Point, is geo.Place"}},

	// texts and headers
	{"another description", input, prop(`{"description":"A."}`), prop(`{"description":"B."}`), []string{"compatible input-text-changed input.a: description differs"}},
	{"another title in the result", output, open(`"a":{"title":"A"}`), open(`"a":{"title":"B"}`), []string{"compatible output-text-changed output.a: title differs"}},
	{"an extension", input, prop(`{"x-order":1}`), prop(`{"x-order":2}`), nil},
	{"a header", input, prop(`{"type":"string"}`), prop(`{"type":"string","x-mcp-header":"Region"}`), []string{"breaking input-header-required input.a: must be repeated in the header Mcp-Param-Region"}},
	{"no header any more", input, prop(`{"type":"string","x-mcp-header":"Region"}`), prop(`{"type":"string"}`), []string{"compatible input-header-dropped input.a: is not repeated in a header any more"}},
}

func TestSchemas(t *testing.T) {
	for _, tt := range schemaChanges {
		t.Run(tt.name, func(t *testing.T) {
			for _, s := range []string{tt.before, tt.after} {
				if !json.Valid([]byte(s)) {
					t.Fatalf("no JSON: %s", s)
				}
			}
			got := shown(Compare(toolWith(tt.kind, tt.before), toolWith(tt.kind, tt.after)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if same := Compare(toolWith(tt.kind, tt.after), toolWith(tt.kind, tt.after)); len(same) > 0 {
				t.Errorf("it differs from itself: %v", shown(same))
			}
		})
	}
}
