package rawschema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/rawschema"
)

const contact = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
 "$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{"street":{"type":"string"}}}},
 "properties":{"name":{"type":"string"},"addresses":{"type":"array","items":{"$ref":"#addressDef"}},"phone":{"type":"string"},"email":{"type":"string"}},
 "if":{"required":["phone"]},"then":{"required":["name"]},"else":{"required":["email"]},"additionalProperties":false}`

func TestValidator(t *testing.T) {
	check := rawschema.Validator(contact)
	for _, tt := range []struct {
		name, arguments string
		want            []xmcp.Violation
	}{
		{"valid", `{"phone":"1","name":"Ada"}`, nil},
		{"condition", `{"phone":"1"}`, []xmcp.Violation{{Path: "$", Message: "missing property 'name'"}}},
		{"reference", `{"email":"a","addresses":[{},{"street":7}]}`, []xmcp.Violation{{Path: "$.addresses[1].street", Message: "got number, want string"}}},
		{"closed", `{"email":"a","x":1}`, []xmcp.Violation{{Path: "$", Message: "additional properties 'x' not allowed"}}},
		{"no JSON", `{`, []xmcp.Violation{{Path: "$", Message: "must be JSON"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := check([]byte(tt.arguments))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSchemasThatCannotBeUsed(t *testing.T) {
	for name, schema := range map[string]string{
		"no JSON":        `{`,
		"wrong keyword":  `{"type":7}`,
		"dangling":       `{"$ref":"#/$defs/none"}`,
		"remote":         `{"$ref":"https://example.com/schema.json"}`,
		"local file":     `{"$ref":"file:///etc/passwd"}`,
		"broken pattern": `{"pattern":"("}`,
	} {
		if _, err := rawschema.Validator(schema)([]byte("{}")); err == nil || !strings.Contains(err.Error(), "schema") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
