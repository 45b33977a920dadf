// Package rawschema checks arguments against any JSON Schema 2020-12, for tools that bring an InputSchema of their own. Tools
// whose schema the generator derives need it not: their arguments are checked while they are decoded. It is a package of its own
// so that only servers which use it carry a general validator.
package rawschema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// maxViolations is how many violations are reported.
const maxViolations = 32

// Validator returns what goes into [xmcp.ToolItem].Validate. The schema is compiled once; an error in it is returned by every
// call, which stops the start of the server. References are resolved within the schema only: nothing is fetched. The
// function is safe for concurrent use.
func Validator(schema string) func(arguments []byte) ([]xmcp.Violation, error) {
	compiled, err := compile(schema)
	return func(arguments []byte) ([]xmcp.Violation, error) {
		if err != nil {
			return nil, err
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(arguments))
		if err != nil {
			return []xmcp.Violation{{Path: "$", Message: "must be JSON"}}, nil
		}
		var invalid *jsonschema.ValidationError
		if err := compiled.Validate(v); errors.As(err, &invalid) {
			return violations(invalid, message.NewPrinter(language.English), nil), nil
		} else if err != nil {
			return nil, fmt.Errorf("validate arguments: %w", err)
		}
		return nil, nil
	}
}

const schemaURL = "schema.json"

func compile(schema string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	c.AssertFormat()
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	compiled, err := c.Compile(schemaURL)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return compiled, nil
}

// noLoader refuses every reference that leaves the schema (MCP 2026-07-28, basic, reference resolution).
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("reference to %s: only references within the schema are followed", url)
}

// violations lists the leaves of the tree of causes, which say what is wrong and where.
func violations(e *jsonschema.ValidationError, p *message.Printer, list []xmcp.Violation) []xmcp.Violation {
	if len(list) >= maxViolations {
		return list
	}
	if len(e.Causes) == 0 {
		return append(list, xmcp.Violation{Path: path(e.InstanceLocation), Message: e.ErrorKind.LocalizedString(p)})
	}
	for _, cause := range e.Causes {
		list = violations(cause, p, list)
	}
	return list
}

// path writes a location as "$.items[3].name".
func path(location []string) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, part := range location {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			b.WriteString("[" + part + "]")
			continue
		}
		b.WriteString("." + part)
	}
	return b.String()
}
