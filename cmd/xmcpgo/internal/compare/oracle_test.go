package compare

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// pragmatic are changes that a validator sees otherwise, with the reason why they are judged as they are.
func pragmatic(rule string) bool {
	return slices.Contains([]string{
		// An object that was open took the new name with any value. Nobody sends what no list has named.
		"input-property-added", "output-property-added",
		// The same, for a name that is listed no longer.
		"output-property-removed",
	}, rule)
}

// samples are values that tell the schemas of the table apart.
func samples() []any {
	var small []any
	for _, text := range []string{
		`null`, `true`, `0`, `1`, `2`, `3`, `4`, `-1`, `0.5`, `2.5`, `""`, `"a"`, `"b"`, `"x"`, `"y"`, `"z"`, `"ab"`, `"fifteen letters"`, `"twenty-one letters ..."`, `[]`, `[1]`, `["a"]`,
		`[1,1]`, `["x",2]`, `[1,2,3,4,5]`, `[{"b c":""}]`, `[{"b c":"x"}]`, `{}`, `{"k":"x","n":"s"}`, `{"k":"x","n":1}`, `{"k":"y"}`, `{"other":"s"}`, `{"other":1}`,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			panic(err)
		}
		small = append(small, v)
	}
	all := slices.Clone(small)
	for _, v := range small {
		for _, name := range []string{"a", "b", "v", "next", "other"} {
			all = append(all, map[string]any{name: v})
		}
		for _, w := range small[:6] {
			all = append(all, map[string]any{"a": v, "b": w})
		}
		all = append(all, map[string]any{"next": map[string]any{"v": v}})
	}
	return all
}

func compileSchema(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///s.json")
	if err != nil {
		return nil // a schema of the table that is broken on purpose
	}
	return s
}

// What is called compatible is so for a validator: an input takes all that it took, and a result is nothing that it was not allowed to
// be. Each change of the table is looked at in both directions, so that a rule that forgets one of them shows.
func TestVerdictsAgreeWithAValidator(t *testing.T) {
	values := samples()
	pairs, told := 0, 0
	for _, tt := range schemaChanges {
		for _, way := range [][2]string{{tt.before, tt.after}, {tt.after, tt.before}} {
			before, after := compileSchema(t, way[0]), compileSchema(t, way[1])
			if before == nil || after == nil {
				continue
			}
			pairs++
			for _, kind := range []side{input, output} {
				changes := Compare(toolWith(kind, way[0]), toolWith(kind, way[1]))
				if slices.ContainsFunc(changes, func(c Change) bool { return c.Breaking() || pragmatic(c.Rule.ID) }) {
					told++
					continue
				}
				from, to := before, after // what was accepted has to be still
				if kind == output {
					from, to = after, before // what is returned has to have been allowed
				}
				for _, v := range values {
					if from.Validate(v) == nil && to.Validate(v) != nil {
						raw, err := json.Marshal(v)
						if err != nil {
							t.Fatal(err)
						}
						t.Errorf("%s (%s): %s is not compatible, and nothing says so:\n%s\n%s\n%q", tt.name, kind, raw, way[0], way[1], shown(changes))
						break
					}
				}
			}
		}
	}
	if pairs < 150 || told < 100 {
		t.Errorf("%d pairs of schemas, %d of them told breaking: the table tells nothing", pairs, told)
	}
}
