package lint

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// metadata looks for values that are out of range or contradict each other.
func (l linter) metadata(it *model.Item) {
	m := &it.Metadata
	odd := func(field, hint, format string, args ...any) {
		l.diags.Add(diag.Errorf(it.Position(field), diag.OddMetadata, format, args...).WithHint("%s", hint))
	}
	for _, field := range [...]string{"ReadOnly", "Destructive", "Idempotent", "OpenWorld"} {
		if h, set := m.Hints[field]; set && (h < 0 || h > 2) {
			odd(field, "use xmcp.Yes, xmcp.No or xmcp.Unset", "%s is none of the three states of a hint", field)
		}
	}
	if m.Hints["ReadOnly"] == 1 && m.Hints["Destructive"] == 1 {
		odd("Destructive", "drop one of the two claims", "a tool that changes nothing cannot be destructive")
	}
	if m.Visible < 0 || m.Visible > 1 {
		odd("Visible", "use xmcp.Always or xmcp.IfPermitted", "Visible has an unknown value")
	}
	if m.Visible == 1 && len(m.Permissions) == 0 {
		odd("Visible", "name the permissions, or drop Visible", "IfPermitted hides nothing without Permissions")
	}
	if m.Priority < 0 || m.Priority > 1 {
		odd("Priority", "use a number from 0 to 1", "Priority is %v, which is out of range", m.Priority)
	}
	for _, role := range m.Audience {
		if role != "user" && role != "assistant" {
			odd("Audience", "use xmcp.RoleUser or xmcp.RoleAssistant", "%q is not a role", role)
		}
	}
	for _, scope := range m.Scopes {
		if !isScope(scope) {
			odd("Scopes", "a scope has no spaces, quotes or backslashes (RFC 6749, section 3.3); write one string for each", "%q is not a scope", scope)
		}
	}
	if slices.Contains(m.Permissions, "") {
		odd("Permissions", "delete it", "a permission is empty")
	}
}

// isScope reports whether s is a scope-token.
func isScope(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}

// schemas checks the raw schemas of the metadata.
func (l linter) schemas(it *model.Item) {
	m := &it.Metadata
	fail := func(field, hint, format string, args ...any) {
		l.diags.Add(diag.Errorf(it.Position(field), diag.WrongSchema, format, args...).WithHint("%s", hint))
	}
	check := func(field, text string, needsType bool) {
		if problem := schemaProblem(text, needsType); problem != "" {
			fail(field, `write a JSON Schema such as {"type":"object","properties":{…}}`, "%s is not a JSON Schema for this: %s", field, problem)
		}
	}
	if m.InputSchema != "" {
		if it.In == nil {
			fail("InputSchema", "take a struct or a json.RawMessage, or drop the schema", "%s takes no input, so InputSchema has no use", it.Handler.Name)
		}
		check("InputSchema", m.InputSchema, true)
	}
	if m.OutputSchema != "" {
		if it.Result == model.Text || it.Result == model.NoResult {
			fail("OutputSchema", "return a struct or *xmcp.Result, or drop the schema", "%s returns no structured content, so OutputSchema has no use", it.Handler.Name)
		}
		check("OutputSchema", m.OutputSchema, false)
	}
}

// schemaProblem says why a text is not a schema that can be listed; "" when it is one.
func schemaProblem(text string, needsType bool) string {
	var root map[string]any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		if _, ok := err.(*json.UnmarshalTypeError); ok {
			return "it is not an object"
		}
		return err.Error()
	}
	if root == nil {
		return "it is null"
	}
	typ, hasType := root["type"]
	if needsType && typ != "object" {
		return `its root has no "type":"object"`
	}
	if hasType && !isType(typ) {
		return `its "type" is not one of JSON's types`
	}
	for _, key := range slices.Sorted(keys(root)) {
		if problem := keywordProblem(key, root[key]); problem != "" {
			return problem
		}
	}
	return ""
}
