package lint

import (
	"net/url"
	"slices"
	"strings"

	"github.com/yosida95/uritemplate/v3"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// uri checks the address of a resource against its handler.
func (l linter) uri(it *model.Item) {
	uri, pos := it.Metadata.URI, it.Position("URI")
	fail := func(code, hint, format string, args ...any) {
		l.diags.Add(diag.Errorf(pos, code, format, args...).WithHint("%s", hint))
	}
	if uri == "" {
		fail(diag.IllegalURI, `set it: URI: "app://`+it.Name+`"`, "%s has no URI", it.MetadataVar)
		return
	}
	if !it.IsTemplate() {
		if problem := uriProblem(uri); problem != "" {
			fail(diag.IllegalURI, `write one such as "app://`+it.Name+`"`, "%q is not a URI: %s", uri, problem)
			return
		}
		if it.In != nil {
			fail(diag.TemplateFields, "name the fields of "+it.In.String()+" as variables, or drop the input",
				"%s takes input, but the URI %s has no variables", it.Handler.Name, uri)
		}
		return
	}
	tmpl, err := uritemplate.New(uri)
	if err != nil {
		fail(diag.IllegalURI, "see RFC 6570: app://notes/{id}", "%q is not a URI template: %s", uri, templateProblem(err))
		return
	}
	if scheme, _, ok := strings.Cut(uri, ":"); !ok || strings.ContainsAny(scheme, "{}/") {
		fail(diag.IllegalURI, `begin with a scheme, as in "app://`+it.Name+`/{id}"`, "the URI template %s has no scheme", uri)
		return
	}
	switch {
	case it.FS:
		fail(diag.TemplateFields, "write the URI of the folder; each file is served below it", "%s is a folder, so its URI has no variables", it.Handler.Name)
	case it.In == nil:
		fail(diag.TemplateFields, "take a struct with a field for each variable", "%s takes no input, but the URI has the variables %s",
			it.Handler.Name, strings.Join(tmpl.Varnames(), ", "))
	default:
		l.variables(it, tmpl.Varnames())
	}
}

// variables compares the variables of a template with the fields of the handler's input.
func (l linter) variables(it *model.Item, variables []string) {
	var fields []string
	for _, a := range it.Arguments {
		fields = append(fields, a.Name)
	}
	if it.FlatFailed {
		return
	}
	for _, v := range variables {
		if !slices.Contains(fields, v) {
			l.diags.Add(diag.Errorf(it.Position("URI"), diag.TemplateFields, "the variable %s is not a field of %s", v, it.In).
				WithRelated(it.In.Pos, "its fields are %s", orNone(fields)).
				WithHint("add a field with the tag `json:%q`, or rename the variable", v))
		}
	}
	for _, a := range it.Arguments {
		if !slices.Contains(variables, a.Name) {
			l.diags.Add(diag.Errorf(a.Pos, diag.TemplateFields, "the field %s is not a variable of the URI template %s", a.Name, it.Metadata.URI).
				WithRelated(it.Position("URI"), "the template is here").
				WithHint("add {%s} to the template, or delete the field", a.Name))
		}
	}
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// templateProblem takes the reason out of "uritemplate:4:the reason: the template".
func templateProblem(err error) string {
	text := strings.TrimLeft(strings.TrimPrefix(err.Error(), "uritemplate:"), "0123456789:")
	if i := strings.LastIndex(text, ": "); i > 0 {
		text = text[:i]
	}
	return text
}

// uriProblem says why a text is no absolute URI (RFC 3986); "" when it is one.
func uriProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		if ue, ok := err.(*url.Error); ok {
			return ue.Err.Error()
		}
		return err.Error()
	case u.Scheme == "":
		return "it has no scheme"
	case strings.ContainsAny(text, " \"<>\\^`|"):
		return "it has characters that must be escaped"
	case u.Host == "" && u.Path == "" && u.Opaque == "":
		return "there is nothing behind the scheme"
	}
	return ""
}

// duplicateURIs reports equal addresses at both places. Templates count as equal when only their variables' names differ, since
// they match the same URIs.
func (l linter) duplicateURIs(items []*model.Item) {
	first := map[string]*model.Item{}
	pos := func(it *model.Item) diag.Pos { return it.Position("URI") }
	for _, it := range items {
		key := shape(it.Metadata.URI)
		if key == "" {
			continue
		}
		other, taken := first[key]
		if !taken {
			first[key] = it
			continue
		}
		l.both(it, other, pos, func(it *model.Item) diag.Diagnostic {
			if it.Metadata.URI != other.Metadata.URI {
				return diag.Errorf(pos(it), diag.DuplicateURI, "two resource templates match the same URIs: %s", it.Metadata.URI).WithHint("tell them apart by their fixed parts")
			}
			return diag.Errorf(pos(it), diag.DuplicateURI, "two resources have the URI %s", it.Metadata.URI).WithHint("give one of them another URI")
		})
	}
}

// shape is a template with its variables' names blanked out.
func shape(uri string) string {
	var b strings.Builder
	inside := false
	for _, r := range uri {
		switch {
		case r == '{':
			inside = true
			b.WriteRune(r)
		case r == '}':
			inside = false
			b.WriteRune(r)
		case inside && (r == '_' || r == '.' || r == '%' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
