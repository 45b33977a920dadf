package wireschema

import (
	"encoding/base64"
	"errors"
	"regexp"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The characters of a URI and of a URI template, as RFC 3986 and RFC 6570 have them: net/url, by which the validator goes, also
// refuses a percent sign or an expression where a host stands. A URI may hold what is not ASCII (RFC 3987), since a resource
// is answered under the very URI that the client asked for.
var (
	uri      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|[^\x00-\x7f]|%[0-9A-Fa-f]{2})*$`)
	template = regexp.MustCompile("^(?:[^\\x00-\\x20\"'%<>\\\\^`{|}\\x7f]|%[0-9A-Fa-f]{2}|" +
		`\{[+#./;?&=,!@|]?` + variable + `(?:,` + variable + `)*\})*$`)
)

const variable = `(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(?::[1-9][0-9]{0,3}|\*)?`

// newCompiler makes formats binding in every revision; JSON Schema 2020-12 leaves that open.
func newCompiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(format("uri", uri.MatchString))
	c.RegisterFormat(format("uri-template", template.MatchString))
	c.RegisterFormat(format("byte", func(s string) bool { // base64, as in OpenAPI
		_, err := base64.StdEncoding.Strict().DecodeString(s)
		return err == nil
	}))
	return c
}

func format(name string, good func(string) bool) *jsonschema.Format {
	return &jsonschema.Format{Name: name, Validate: func(v any) error {
		if s, ok := v.(string); ok && !good(s) {
			return errors.New("not of the format " + name)
		}
		return nil
	}}
}
