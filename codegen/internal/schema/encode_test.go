package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

// TestPartsAreTheSchema compares our JSON with what invopop's Schema marshals itself to, which differs only in the spelling
// of the schema that admits everything.
func TestPartsAreTheSchema(t *testing.T) {
	compared := 0
	for _, s := range subjects(t) {
		for _, mode := range []func(*model.Type, schema.Options) (*schema.Result, []diag.Diagnostic){schema.Input, schema.Output} {
			r, _ := mode(s.model, schema.Options{Package: corpusPath})
			text, complete := r.JSON()
			if !complete {
				continue
			}
			compared++
			b, err := json.Marshal(r.Schema)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(spelledOut("", decode(b)), decode([]byte(text))); diff != "" {
				t.Errorf("%s: %s", s.Name, diff)
			}
			for _, word := range []string{`"$schema"`, `"$id"`, `\u003c`} {
				if strings.Contains(text, word) {
					t.Errorf("%s: %s in %s", s.Name, word, text)
				}
			}
			again, _ := mode(s.model, schema.Options{Package: corpusPath})
			if twice, _ := again.JSON(); twice != text {
				t.Errorf("%s: two schemas of one type:\n%s\n%s", s.Name, text, twice)
			}
		}
	}
	if compared < 900 {
		t.Errorf("only %d schemas", compared)
	}
}

// spelledOut writes {} for true where a schema stands.
func spelledOut(key string, v any) any {
	switch v := v.(type) {
	case object:
		for k, x := range v {
			within := k
			if key == "properties" || key == "$defs" {
				within = "items" // whatever the name, a schema stands there
			}
			v[k] = spelledOut(within, x)
		}
	case []any:
		for i, x := range v {
			v[i] = spelledOut("", x)
		}
	case bool:
		if v && (key == "items" || key == "additionalProperties" || key == "properties") {
			return object{}
		}
	}
	return v
}
