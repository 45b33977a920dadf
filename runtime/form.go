package xmcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/args"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Form describes the struct that [Elicit] takes: it has no methods and is here for its documentation.
//
// Each exported field is one input, named by its json tag. Kinds are string, bool, the integers and floats, and []string for
// several choices. A field is required unless it has omitempty, omitzero or a default. The jsonschema tag knows
//
//	title=…  description=…  default=…  enum=…  (repeated, one a choice)
//	minLength=…  maxLength=…  pattern=…  format=email|uri|date|date-time   on strings
//	minimum=…  maximum=…                                                  on numbers
//	minItems=…  maxItems=…                                                on []string
//
// jsonschema_description:"…" takes a text with commas. titles:"Red;Green;Blue" gives the choices of enum their names for
// people, in their order.
type Form struct{ _ struct{} }

// form is the schema of a struct and the decoder of its answers. Revisions before 2025-11-25 have a schema of their own, empty where they
// have none for the struct.
type form struct {
	schema, older string
	dec           *args.Decoder
	err           error
}

// errSeveral tells that a revision before 2025-11-25 has no input for a field (MCP 2025-06-18, client/elicitation, requested schema).
var errSeveral = errors.New("a choice of several needs 2025-11-25 or later")

// olderForms tells whether the client of the call has the forms of 2025-06-18.
func (c *call) olderForms() bool {
	return c.era == wire.Legacy && c.version < wire.Version20251125 // revisions are dates
}

// schemaFor is the schema that the client of a call is shown.
func (f *form) schemaFor(c *call) (string, error) {
	switch {
	case !c.olderForms():
		return f.schema, nil
	case f.older == "":
		return "", fmt.Errorf("%w: %w", ErrNotSupported, errSeveral)
	}
	return f.older, nil
}

// asksForSeveral tells whether a field of a raw schema is a choice of several.
func asksForSeveral(schema string) bool {
	var s struct {
		Properties map[string]struct{ Type any }
	}
	if json.Unmarshal([]byte(schema), &s) != nil {
		return false
	}
	for _, p := range s.Properties {
		if p.Type == "array" {
			return true
		}
	}
	return false
}

// form returns the form of a type, derived at its first use.
func (s *Server) form(t reflect.Type) (*form, error) {
	if v, ok := s.forms.Load(t); ok {
		f := v.(*form)
		return f, f.err
	}
	f := newForm(t)
	s.forms.Store(t, f)
	return f, f.err
}

func newForm(t reflect.Type) *form {
	f := &form{}
	if f.schema, f.err = formSchema(t, false); f.err == nil {
		f.dec, f.err = args.Compile(t, []byte(f.schema))
	}
	if f.err == nil {
		if f.older, f.err = formSchema(t, true); errors.Is(f.err, errSeveral) {
			f.older, f.err = "", nil
		}
	}
	if f.err != nil {
		f.err = fmt.Errorf("form %s: %w", t, f.err)
	}
	return f
}

// formSchema derives the schema of a struct, as revisions before 2025-11-25 have it if it is to be older.
func formSchema(t reflect.Type, older bool) (string, error) {
	if t.Kind() != reflect.Struct {
		return "", fmt.Errorf("a form is a struct")
	}
	var props, required []byte
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" && options == "" {
			continue
		}
		if f.Anonymous {
			return "", fmt.Errorf("field %s is embedded; forms are flat", f.Name)
		}
		if name == "" {
			name = f.Name
		}
		in := formInput{field: f, older: older}
		schema, err := in.schema()
		if err != nil {
			return "", fmt.Errorf("field %s: %w", f.Name, err)
		}
		props = append(wire.AppendString(comma(props), name), ':')
		props = append(props, schema...)
		opts := strings.Split(options, ",")
		if !in.hasDefault && !slices.Contains(opts, "omitempty") && !slices.Contains(opts, "omitzero") {
			required = wire.AppendString(comma(required), name)
		}
	}
	schema := `{"type":"object","properties":{` + string(props) + "}"
	if required != nil {
		schema += `,"required":[` + string(required) + "]"
	}
	return schema + "}", nil
}

func comma(b []byte) []byte {
	if len(b) > 0 {
		return append(b, ',')
	}
	return b
}

// formInput is one field of a form.
type formInput struct {
	field      reflect.StructField
	older      bool // for a revision before 2025-11-25
	choices    []string
	defaults   []string
	hasDefault bool
}

// schema writes the field as one of the primitive schemas that forms allow.
func (in *formInput) schema() ([]byte, error) {
	kind, err := formKind(in.field.Type)
	if err != nil {
		return nil, err
	}
	if in.older && kind == "array" {
		return nil, errSeveral
	}
	b := []byte(`{"type":"` + kind + `"`)
	description := in.field.Tag.Get("jsonschema_description")
	for part := range strings.SplitSeq(in.field.Tag.Get("jsonschema"), ",") {
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		switch {
		case key == "description":
			description = value
		case key == "enum" && (kind == "string" || kind == "array"):
			in.choices = append(in.choices, value)
		case key == "default":
			in.defaults, in.hasDefault = append(in.defaults, value), true
		case key == "title":
			b = append(b, `,"title":`...)
			b = wire.AppendString(b, value)
		case (key == "pattern" || key == "format") && kind == "string":
			b = append(wire.AppendString(append(b, ','), key), ':')
			b = wire.AppendString(b, value)
		case formNumber[key] == kind || formNumber[key] == "number" && kind == "integer":
			if _, err := strconv.ParseFloat(value, 64); err != nil {
				return nil, fmt.Errorf("%s must be a number, not %q", key, value)
			}
			b = append(wire.AppendString(append(b, ','), key), ':')
			b = append(b, value...)
		default:
			return nil, fmt.Errorf("a form knows no %q on a %s", key, kind)
		}
	}
	if description != "" {
		b = append(b, `,"description":`...)
		b = wire.AppendString(b, description)
	}
	if b, err = in.appendChoices(b, kind); err != nil {
		return nil, err
	}
	if b, err = in.appendDefault(b, kind); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// formNumber names the keywords with a number, and the kind that they belong to.
var formNumber = map[string]string{
	"minLength": "string", "maxLength": "string", "minimum": "number", "maximum": "number", "minItems": "array", "maxItems": "array",
}

func formKind(t reflect.Type) (string, error) {
	switch t.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "boolean", nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer", nil
	case reflect.Float32, reflect.Float64:
		return "number", nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return "array", nil
		}
	}
	return "", fmt.Errorf("a form has no input for %s", t)
}

// appendChoices writes an enum: plain values, or values with titles; directly for one choice, below items for several.
func (in *formInput) appendChoices(b []byte, kind string) ([]byte, error) {
	titles := in.field.Tag.Get("titles")
	if len(in.choices) == 0 {
		if titles != "" || kind == "array" {
			return nil, fmt.Errorf("the choices are missing: add enum=… to the jsonschema tag")
		}
		return b, nil
	}
	var list []byte
	if titles == "" {
		for _, c := range in.choices {
			list = wire.AppendString(comma(list), c)
		}
		if kind == "array" {
			return append(b, `,"items":{"type":"string","enum":[`+string(list)+`]}`...), nil
		}
		return append(b, `,"enum":[`+string(list)+`]`...), nil
	}
	names := strings.Split(titles, ";")
	if len(names) != len(in.choices) {
		return nil, fmt.Errorf("%d titles for %d choices", len(names), len(in.choices))
	}
	if in.older {
		var named []byte
		for i, c := range in.choices {
			list, named = wire.AppendString(comma(list), c), wire.AppendString(comma(named), names[i])
		}
		return append(b, `,"enum":[`+string(list)+`],"enumNames":[`+string(named)+`]`...), nil
	}
	for i, c := range in.choices {
		list = append(comma(list), `{"const":`...)
		list = append(wire.AppendString(list, c), `,"title":`...)
		list = append(wire.AppendString(list, names[i]), '}')
	}
	if kind == "array" {
		return append(b, `,"items":{"anyOf":[`+string(list)+`]}`...), nil
	}
	return append(b, `,"oneOf":[`+string(list)+`]`...), nil
}

func (in *formInput) appendDefault(b []byte, kind string) ([]byte, error) {
	if !in.hasDefault {
		return b, nil
	}
	b = append(b, `,"default":`...)
	switch kind {
	case "string":
		return wire.AppendString(b, in.defaults[0]), nil
	case "array":
		var list []byte
		for _, d := range in.defaults {
			list = wire.AppendString(comma(list), d)
		}
		return append(append(append(b, '['), list...), ']'), nil
	}
	if !json.Valid([]byte(in.defaults[0])) {
		return nil, fmt.Errorf("default %q is no %s", in.defaults[0], kind)
	}
	return append(b, in.defaults[0]...), nil
}
