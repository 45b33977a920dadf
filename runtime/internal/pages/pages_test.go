package pages

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// server is one in which every text of others is s.
func server(s string) *Server {
	text, err := json.Marshal(map[string]any{"type": "object", "required": []string{"a"}, "properties": map[string]any{
		"a": map[string]any{"type": "string", "description": s, "pattern": s, "enum": []string{s}, "default": s}, "b": map[string]any{},
	}})
	if err != nil {
		panic(err)
	}
	return &Server{
		Name: s, Version: s, Title: s, Description: s, WebsiteURL: "https://" + s, Endpoint: "http://" + s, Versions: []string{s},
		SignIn: &SignIn{Issuer: s, Hint: s},
		Items: &Items{
			Tools:     []Tool{{Name: s, Title: s, Description: s, Claims: []string{s}, Scopes: []string{s}, Permissions: []string{s}, InputSchema: string(text), OutputSchema: `{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}}}`}},
			Prompts:   []Prompt{{Name: s, Title: s, Description: s, Scopes: []string{s}, Permissions: []string{s}, Arguments: []Argument{{Name: s, Description: s, Required: true}}}},
			Resources: []Resource{{URI: s, Name: s, Title: s, Description: s, MIMEType: s, Scopes: []string{s}, Permissions: []string{s}}},
			More:      true,
		},
	}
}

// markup lists the elements and attributes of a page, without the values that come from elsewhere; text is what is between them.
func markup(t testing.TB, page []byte) (elements []string, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(page)))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var b strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return elements, b.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, page)
		}
		switch v := token.(type) {
		case xml.StartElement:
			e := v.Name.Local
			for _, a := range v.Attr {
				e += " " + a.Name.Local
			}
			elements = append(elements, e)
		case xml.EndElement:
			elements = append(elements, "/"+v.Name.Local)
		case xml.CharData:
			b.Write(v)
		}
	}
}

// Whatever the texts are, they stay text: the page has the same elements and attributes as with harmless ones.
func TestTextsStayText(t *testing.T) {
	want, _ := markup(t, Home(server("x")))
	for _, hostile := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</style><script>`, `</script><script>alert(1)</script>`,
		`<!--`, `-->`, `]]>`, `&lt;b&gt;`, `&#60;b&#62;`, "`${alert(1)}`", `javascript:alert(1)`, `</details></div>`, "\u202etxt", `{{.}}`, `%3Cscript%3E`,
	} {
		page := Home(server(hostile))
		got, text := markup(t, page)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s changes the page (-want +got):\n%s", hostile, diff)
		}
		if !strings.Contains(text, hostile) {
			t.Errorf("%s is not shown as it is", hostile)
		}
		if n, m := strings.Count(string(page), "<script"), strings.Count(string(page), "<style"); n != 1 || m != 1 {
			t.Errorf("%s: %d scripts and %d styles", hostile, n, m)
		}
		checkCard(t, server(hostile))
	}
}

func FuzzHome(f *testing.F) {
	f.Add(`<script>alert(1)</script>`)
	f.Add("\x00\x1f\ufffe")
	want, _ := markup(f, Home(server("x")))
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !isXML(r) }) {
			return // what the parser of this test can't read
		}
		if got, _ := markup(t, Home(server(s))); !slices.Equal(want, got) {
			t.Errorf("%q changes the page: %s", s, cmp.Diff(want, got))
		}
		checkCard(t, server(s))
	})
}

func isXML(r rune) bool {
	return r == '\t' || r == '\n' || r >= ' ' && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
}

// Only web addresses become links; a page never links to a script.
func TestLinks(t *testing.T) {
	for url, linked := range map[string]bool{"https://example.com/?a=1&b=2": true, "http://example.com": true, "javascript:alert(1)": false, "//example.com": false, "": false} {
		page := string(Home(&Server{Name: "n", WebsiteURL: url}))
		if got := strings.Contains(page, `rel="noreferrer"`); got != linked {
			t.Errorf("%q is a link: %v", url, got)
		}
	}
}

// The page loads nothing, and the policy holds the hashes of what is in it.
func TestPageIsWhole(t *testing.T) {
	page := string(Home(server("x")))
	policy := Policy()
	for _, part := range []struct{ element, directive string }{{"script", "script-src"}, {"style", "style-src"}} {
		inner := regexp.MustCompile(`(?s)<` + part.element + `>(.*?)</` + part.element + `>`).FindStringSubmatch(page)
		if inner == nil || !strings.Contains(policy, part.directive+" '"+digest(inner[1])+"'") {
			t.Errorf("the policy %s does not hold the %s of the page", policy, part.element)
		}
	}
	for _, bad := range []string{"unsafe", "*", "http:", "https:"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy has %s: %s", bad, policy)
		}
	}
	for _, m := range regexp.MustCompile(`(?:src|href|action|srcset)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if to := m[1]; !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "/.well-known/") && to != icon && to != "https://x" {
			t.Errorf("the page points to %s", to)
		}
	}
	if regexp.MustCompile(`(?i)\s(?:on\w+|style)=`).MatchString(page) {
		t.Error("the page has a handler or a style in an attribute")
	}
	elements, _ := markup(t, []byte(page))
	var open []string
	void := map[string]bool{"meta": true, "link": true, "br": true}
	for _, e := range elements {
		name, closes := strings.CutPrefix(strings.Fields(e)[0], "/")
		switch {
		case void[name]:
		case closes && (len(open) == 0 || open[len(open)-1] != name):
			t.Fatalf("</%s> closes %v", name, open)
		case closes:
			open = open[:len(open)-1]
		default:
			open = append(open, name)
		}
	}
	if len(open) > 0 {
		t.Errorf("%v stay open", open)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("two elements have the id %s", m[1])
		}
		ids[m[1]] = true
	}
}

func TestSchemasInWords(t *testing.T) {
	const schema = `{"type":"object","properties":{
		"name":{"type":"string","description":"The name.","minLength":1,"maxLength":5,"pattern":"^a"},
		"size":{"type":"integer","minimum":0,"default":3},
		"tags":{"type":["array","null"],"items":{"type":"string"},"minItems":1},
		"at":{"$ref":"#/$defs/place","description":"Where."},
		"kind":{"enum":["a",2]},
		"any":{},
		"either":{"anyOf":[{"type":"string"},{"type":"number"},{"type":"string"}]},
		"more":{"type":"array","items":{"type":"object","properties":{"deep":{"type":"boolean"}},"required":["deep"]}}
	},"required":["name","at"],"$defs":{"place":{"type":"object","properties":{"street":{"type":"string"},"next":{"$ref":"#/$defs/place"}}}}}`
	var got []string
	for _, p := range describe(schema) {
		line := p.path + ": " + p.kind
		if p.required {
			line += ", required"
		}
		for _, more := range append([]string{p.description}, p.rules...) {
			if more != "" {
				line += "; " + more
			}
		}
		got = append(got, line)
	}
	want := []string{
		"name: string, required; The name.; at least 1 characters; at most 5 characters; matches ^a",
		"size: integer; at least 0; default 3",
		"tags: list of string or null; at least 1 elements",
		"at: object, required; Where.",
		"at.street: string", "at.next: object", "at.next.street: string", "at.next.next: object", "at.next.next.street: string", "at.next.next.next: object",
		"kind: choice; one of \"a\", 2",
		"any: anything",
		"either: string or number",
		"more: list of object", "more[].deep: boolean, required",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No schema is too strange or too large to be shown, and the work for one has a bound.
func TestStrangeSchemas(t *testing.T) {
	wide := `{"type":"object","properties":{`
	for i := range 1000 {
		wide += fmt.Sprintf(`"p%d":{"$ref":"#"},`, i)
	}
	wide += `"last":{}}}`
	for _, schema := range []string{
		"", "true", "[]", "{", `{"properties":[]}`, `{"properties":{"a":1}}`, `{"$ref":"#"}`, `{"properties":{"a":{"$ref":"#/properties/a"}}}`,
		`{"type":"array","items":{"$ref":"#"}}`, `{"type":7,"anyOf":{},"enum":3}`, `{"anyOf":[{"$ref":"#"}]}`, `{"properties":{"a":{"anyOf":[{"$ref":"#/properties/a"},{"$ref":"#/properties/a"}]}}}`, wide,
	} {
		if n := len(describe(schema)); n > maxProperties {
			t.Errorf("%.60s: %d lines", schema, n)
		}
		page := Home(&Server{Name: "n", Items: &Items{Tools: []Tool{{Name: "t", InputSchema: schema, OutputSchema: schema}}}})
		markup(t, page)
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add(`{"properties":{"a":{"$ref":"#"}}}`)
	f.Add(`{"items":{"anyOf":[{"$ref":"#/items"}]}}`)
	f.Fuzz(func(t *testing.T, schema string) {
		if n := len(describe(schema)); n > maxProperties {
			t.Errorf("%d lines", n)
		}
	})
}

// checkCard holds a card against the rules of its schema that are easily broken.
func checkCard(t *testing.T, s *Server) {
	t.Helper()
	raw, err := Card(s)
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Name, Version, Title, Description string
		Remotes                           []struct{ Type, URL string }
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$`).MatchString(c.Name) || len(c.Name) > 200 {
		t.Errorf("the name is %q", c.Name)
	}
	for _, text := range []string{c.Title, c.Description} {
		if n := utf8.RuneCountInString(text); n == 0 || n > 100 {
			t.Errorf("%q has %d characters", text, n)
		}
	}
	if len(c.Remotes) != 1 || c.Remotes[0].Type != "streamable-http" {
		t.Errorf("remotes: %+v", c.Remotes)
	}
}

func TestCard(t *testing.T) {
	for _, tt := range []struct{ name, endpoint, want string }{
		{"notes", "https://mcp.example.com/mcp", "com.example.mcp/notes"},
		{"com.example/notes", "https://other.example/mcp", "com.example/notes"},
		{"notes", "http://127.0.0.1:3001/mcp", "127.0.0.1/notes"},
		{"notes", "http://[::1]:3001/mcp", "--1/notes"},
		{"notes", "http://localhost:3001/mcp", "localhost/notes"},
		{"My notes!", "", "localhost/My-notes-"},
		{"", "", "localhost/server"},
		{strings.Repeat("n", 500), "http://" + strings.Repeat("h", 500) + "/mcp", strings.Repeat("h", 100) + "/" + strings.Repeat("n", 99)},
	} {
		if got := cardName(&Server{Name: tt.name, Endpoint: tt.endpoint}); got != tt.want {
			t.Errorf("%q at %q is named %q, want %q", tt.name, tt.endpoint, got, tt.want)
		}
	}
	for _, file := range []string{"minimal", "everything"} {
		s := &Server{Name: "notes", Version: "1.0.0", Endpoint: "https://mcp.example.com/mcp", Versions: []string{"2026-07-28"}}
		if file == "everything" {
			s = &Server{
				Name: "notes", Version: "1.0.0", Title: "Notes", Description: strings.Repeat("Keeps notes. ", 20), WebsiteURL: "https://example.com",
				Icons: []Icon{{Src: "https://example.com/i.png", MIMEType: "image/png"}}, Endpoint: "https://mcp.example.com/mcp", Versions: []string{"2026-07-28", "2025-11-25"},
				SignIn: &SignIn{Issuer: "https://issuer.example", Hint: "Ask Ann."},
				Items:  &Items{Tools: []Tool{{Name: "t", Title: "T", Description: "Does."}}, Resources: []Resource{{Name: "r", URI: "r://x"}}},
			}
		}
		got, err := Card(s)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", file, diff, got)
		}
	}
}

func decode(t *testing.T, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// What goes into a shell is one word there, and what goes into a file is that file's syntax.
func TestSnippets(t *testing.T) {
	for _, c := range connections("My app's", "http://h/a'b $(x)") {
		for _, step := range c.steps {
			if strings.HasPrefix(step.text, "{") {
				var v any
				if err := json.Unmarshal([]byte(step.text), &v); err != nil {
					t.Errorf("%s: %v in %s", c.client, err, step.text)
				}
				continue
			}
			if strings.Contains(step.text, " ") && !strings.HasSuffix(step.text, `'http://h/a'\''b $(x)'`) && step.text != "http://h/a'b $(x)" {
				t.Errorf("%s: %s", c.client, step.text)
			}
		}
	}
	if got := quote("https://mcp.example.com:8443/mcp"); got != "https://mcp.example.com:8443/mcp" {
		t.Errorf("quoted without need: %s", got)
	}
}
