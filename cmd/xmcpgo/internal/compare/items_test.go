package compare

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

func tool(change func(*contract.Tool)) *contract.Contract {
	t := contract.Tool{Name: "t", Title: "T", Description: "Does it.", InputSchema: json.RawMessage(`{"type":"object"}`)}
	change(&t)
	return &contract.Contract{Tools: []contract.Tool{t}}
}

func prompt(change func(*contract.Prompt)) *contract.Contract {
	p := contract.Prompt{Name: "p", Description: "Asks.", Arguments: []contract.Argument{{Name: "a", Required: true}, {Name: "b"}}}
	change(&p)
	return &contract.Contract{Prompts: []contract.Prompt{p}}
}

func resource(change func(*contract.Resource)) *contract.Contract {
	r := contract.Resource{URI: "app://r", Name: "r", Description: "Reads.", MIMEType: "text/plain"}
	change(&r)
	return &contract.Contract{Resources: []contract.Resource{r}}
}

func hinted(a contract.Annotations) *contract.Contract {
	return tool(func(t *contract.Tool) { t.Annotations = &a })
}

var (
	plainTool     = tool(func(*contract.Tool) {})
	plainPrompt   = prompt(func(*contract.Prompt) {})
	plainResource = resource(func(*contract.Resource) {})
)

var itemChanges = []struct {
	name          string
	before, after *contract.Contract
	want          []string
}{
	{"a tool more", &contract.Contract{}, plainTool, []string{"compatible tool-added: is new"}},
	{"a tool fewer", plainTool, &contract.Contract{}, []string{"breaking tool-removed: is gone"}},
	{"a tool by another name", plainTool, tool(func(t *contract.Tool) { t.Name = "u" }),
		[]string{"breaking tool-removed: is gone; u, which is new, takes the same", "compatible tool-added tool u: is new"}},
	{"a title", plainTool, tool(func(t *contract.Tool) { t.Title = "" }), []string{`compatible title-changed: title was "T", is empty`}},
	{"a description", plainTool, tool(func(t *contract.Tool) { t.Description = strings.Repeat("long ", 30) }),
		[]string{`compatible description-changed: description was "Does it.", is "` + strings.Repeat("long ", 15) + `long…"`}},

	{"a scope more", plainTool, tool(func(t *contract.Tool) { t.Scopes = []string{"write", "read"} }), []string{"breaking scope-added: needs the scope read, write now"}},
	{"a scope for another", tool(func(t *contract.Tool) { t.Scopes = []string{"a"} }), tool(func(t *contract.Tool) { t.Scopes = []string{"b"} }),
		[]string{"breaking scope-added: needs the scope b now", "compatible scope-removed: needs the scope a no longer"}},
	{"a permission more", plainTool, tool(func(t *contract.Tool) { t.Permissions = []string{"p"} }), []string{"breaking permission-added: needs the permission p now"}},
	{"a permission fewer", prompt(func(p *contract.Prompt) { p.Permissions = []string{"p"} }), plainPrompt, []string{"compatible permission-removed prompt p: needs the permission p no longer"}},
	{"hidden", plainResource, resource(func(r *contract.Resource) { r.Hidden = true }), []string{"compatible visibility-changed resource app://r: is hidden now from callers without its permissions"}},
	{"seen", resource(func(r *contract.Resource) { r.Hidden = true }), plainResource, []string{"compatible visibility-changed resource app://r: is seen now by callers without its permissions"}},

	{"read-only no longer", hinted(contract.Annotations{ReadOnly: new(true)}), plainTool, []string{
		"breaking promise-withdrawn readOnlyHint: it no longer promises that it changes nothing",
	}},
	{"read-only, but it changes nothing else", hinted(contract.Annotations{ReadOnly: new(true), OpenWorld: new(false)}), hinted(contract.Annotations{Destructive: new(false), Idempotent: new(true), OpenWorld: new(false)}), []string{
		"breaking promise-withdrawn readOnlyHint: it no longer promises that it changes nothing",
		"compatible hint-stated destructiveHint: was not stated, is false, which means the same here",
		"compatible hint-stated idempotentHint: was not stated, is true, which means the same here",
	}},
	{"it may destroy", hinted(contract.Annotations{Destructive: new(false)}), hinted(contract.Annotations{Destructive: new(true)}),
		[]string{"breaking promise-withdrawn destructiveHint: it no longer promises that it destroys nothing"}},
	{"read-only before, and it destroys now", hinted(contract.Annotations{ReadOnly: new(true)}), hinted(contract.Annotations{Destructive: new(true)}), []string{
		"breaking promise-withdrawn destructiveHint: it no longer promises that it destroys nothing",
		"breaking promise-withdrawn readOnlyHint: it no longer promises that it changes nothing",
	}},
	{"the default is stated", plainTool, hinted(contract.Annotations{Destructive: new(true)}), []string{"compatible hint-stated destructiveHint: was not stated, is true, which means the same here"}},
	{"it stays within its server", plainTool, hinted(contract.Annotations{OpenWorld: new(false)}), []string{"compatible promise-made openWorldHint: it promises now that it stays within its server"}},

	{"an output schema", plainTool, tool(func(t *contract.Tool) { t.OutputSchema = json.RawMessage(`{}`) }), []string{"compatible output-schema-added output: has a schema now"}},
	{"no output schema any more", tool(func(t *contract.Tool) { t.OutputSchema = json.RawMessage(`{}`) }), plainTool,
		[]string{"breaking output-schema-removed output: has no schema any more, and no structured content"}},

	{"a prompt more", &contract.Contract{}, plainPrompt, []string{"compatible prompt-added prompt p: is new"}},
	{"a prompt fewer", plainPrompt, &contract.Contract{}, []string{"breaking prompt-removed prompt p: is gone"}},
	{"an argument more", plainPrompt, prompt(func(p *contract.Prompt) { p.Arguments = append(p.Arguments, contract.Argument{Name: "c"}) }),
		[]string{"compatible argument-added prompt p arguments.c: is new and optional"}},
	{"a required argument more", plainPrompt, prompt(func(p *contract.Prompt) {
		p.Arguments = append(p.Arguments, contract.Argument{Name: "c", Required: true})
	}),
		[]string{"breaking argument-required prompt p arguments.c: is new and required"}},
	{"an argument fewer", plainPrompt, prompt(func(p *contract.Prompt) { p.Arguments = p.Arguments[:1] }), []string{"breaking argument-removed prompt p arguments.b: is gone"}},
	{"an argument that is required now", plainPrompt, prompt(func(p *contract.Prompt) { p.Arguments[1].Required = true }),
		[]string{"breaking argument-required prompt p arguments.b: was optional, is required"}},
	{"an argument that is optional now", plainPrompt, prompt(func(p *contract.Prompt) { p.Arguments[0].Required = false }),
		[]string{"compatible argument-optional prompt p arguments.a: was required, is optional"}},
	{"arguments in another order", plainPrompt, prompt(func(p *contract.Prompt) { p.Arguments[0], p.Arguments[1] = p.Arguments[1], p.Arguments[0] }),
		[]string{"compatible argument-moved prompt p arguments: are in another order, which shows where a client takes them by position"}},
	{"the description of an argument", plainPrompt, prompt(func(p *contract.Prompt) { p.Arguments[0].Description = "A." }),
		[]string{`compatible description-changed prompt p arguments.a: description was empty, is "A."`}},

	{"a resource more", &contract.Contract{}, plainResource, []string{"compatible resource-added resource app://r: is new"}},
	{"a resource fewer", plainResource, &contract.Contract{}, []string{"breaking resource-removed resource app://r: is gone"}},
	{"another template", resource(func(r *contract.Resource) { r.URI, r.URITemplate = "", "app://{id}" }), resource(func(r *contract.Resource) { r.URI, r.URITemplate = "", "app://{name}" }),
		[]string{"breaking resource-removed template app://{id}: is gone", "compatible resource-added template app://{name}: is new"}},
	{"a folder in the place of a file", plainResource, resource(func(r *contract.Resource) { r.URI, r.Folder = "", "app://r" }),
		[]string{"breaking resource-removed resource app://r: is gone", "compatible resource-added folder app://r: is new"}},
	{"another type of contents", plainResource, resource(func(r *contract.Resource) { r.MIMEType = "text/html" }),
		[]string{`breaking mime-type-changed resource app://r: type was "text/plain", is "text/html"`}},
	{"a type that is not stated any more", plainResource, resource(func(r *contract.Resource) { r.MIMEType = "" }),
		[]string{`compatible mime-type-stated resource app://r: type was "text/plain", is empty`}},
	{"another name and audience", plainResource, resource(func(r *contract.Resource) { r.Name, r.Audience, r.Priority = "s", []string{"user"}, 0.5 }),
		[]string{"compatible audience-changed resource app://r: audience or priority differs", `compatible name-changed resource app://r: name was "r", is "s"`}},
}

func TestItems(t *testing.T) {
	for _, tt := range itemChanges {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, shown(Compare(tt.before, tt.after))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if same := Compare(tt.after, tt.after); len(same) > 0 {
				t.Errorf("it differs from itself: %v", shown(same))
			}
		})
	}
}

// Every rule has a change that shows it, and its line with its verdict in the documentation.
func TestEveryRuleIsShownAndDocumented(t *testing.T) {
	seen := map[string]int{}
	for _, tt := range itemChanges {
		for _, c := range Compare(tt.before, tt.after) {
			seen[c.Rule.ID]++
		}
	}
	for _, tt := range schemaChanges {
		for _, c := range Compare(toolWith(tt.kind, tt.before), toolWith(tt.kind, tt.after)) {
			seen[c.Rule.ID]++
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "contract.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules() {
		if seen[r.ID] == 0 {
			t.Errorf("no change of the tables is of the rule %s", r.ID)
		}
		if line := fmt.Sprintf("| `%s` | %s | %s |\n", r.ID, r.Level, r.About); !strings.Contains(string(page), line) {
			t.Errorf("docs/contract.md has no line\n%s", line)
		}
		if Rules().Lookup(r.ID).ID != r.ID {
			t.Errorf("%s is not found", r.ID)
		}
	}
	if n := len(itemChanges) + len(schemaChanges); n < 40 {
		t.Errorf("%d changes are not enough", n)
	}
	if Rules().Lookup("nope") != nil {
		t.Error("there is a rule that is none")
	}
}

// Schemas that would take forever if every way through them were followed.
func TestBombs(t *testing.T) {
	var defs []string
	for i := range 40 {
		defs = append(defs, fmt.Sprintf(`"d%d":{"%%[1]s":[{"$ref":"#/$defs/d%d"},{"$ref":"#/$defs/d%d"}]}`, i, i+1, i+1))
	}
	deep := strings.Repeat(`{"type":"array","items":`, 500) + `{}` + strings.Repeat(`}`, 500)
	for _, before := range []string{
		fmt.Sprintf(`{"$ref":"#/$defs/d0","$defs":{`+strings.Join(defs, ",")+`,"d40":{"type":"string"}}}`, "allOf"),
		fmt.Sprintf(`{"$ref":"#/$defs/d0","$defs":{`+strings.Join(defs, ",")+`,"d40":{"type":"string"}}}`, "anyOf"),
		`{"type":"object","properties":{"a":` + deep + `}}`,
		`{"$ref":"#"}`,
		`{"allOf":[{"$ref":"#"},{"$ref":"#"}]}`,
	} {
		after := strings.Replace(strings.Replace(before, `"string"`, `"integer"`, 1), `{}`, `{"type":"null"}`, 1)
		got := Compare(toolWith(input, before), toolWith(input, after))
		if before != after && len(got) == 0 {
			t.Errorf("no change is seen in %.80s", before)
		}
	}
}

// Whatever the schemas, comparing ends, does not panic, finds nothing between equals, and every change has a rule.
func FuzzCompare(f *testing.F) {
	for _, tt := range schemaChanges {
		f.Add(tt.before, tt.after)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 4096 {
			return
		}
		for _, kind := range []side{input, output} {
			for _, c := range Compare(toolWith(kind, before), toolWith(kind, after)) {
				if c.Rule == nil {
					t.Fatalf("no rule: %+v", c)
				}
			}
			if same := Compare(toolWith(kind, before), toolWith(kind, before)); len(same) > 0 {
				t.Errorf("it differs from itself: %v", shown(same))
			}
		}
	})
}
