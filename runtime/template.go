package xmcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xmcpgo/xmcpgo/runtime/internal/args"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
	"github.com/yosida95/uritemplate/v3"
)

// template is a resource whose URI has variables (RFC 6570).
type template struct {
	item   ResourceItem
	acc    access
	uri    *uritemplate.Template
	dec    *args.Decoder
	text   map[string]bool // variables whose Go type reads a JSON string
	mime   string          // empty where values say it themselves
	listed []byte
}

func (t *template) access() *access { return &t.acc }

func newTemplate(item *ResourceItem) (*template, error) {
	if err := checkResource(item); err != nil {
		return nil, err
	}
	if item.Handler.fs != nil || item.Handler.in == nil {
		return nil, errors.New("its URI has variables, so its handler must take them as input")
	}
	m := &item.Metadata
	uri, err := uritemplate.New(m.URI)
	if err != nil {
		return nil, fmt.Errorf("its URI template: %w", err)
	}
	var schema struct {
		Properties map[string]struct {
			Type any `json:"type"`
		} `json:"properties"`
	}
	if err := json.Unmarshal([]byte(item.InputSchema), &schema); err != nil {
		return nil, fmt.Errorf("its input schema: %w", err)
	}
	t := &template{item: *item, acc: access{m.Scopes, m.Permissions, m.Visible}, uri: uri, text: map[string]bool{}, mime: item.mimeType()}
	for name, p := range schema.Properties {
		t.text[name] = p.Type != "integer" && p.Type != "number" && p.Type != "boolean"
	}
	if t.dec, err = newDecoder(item.Handler.in, item.InputSchema); err != nil {
		return nil, err
	}
	t.listed, err = listedResource("uriTemplate", m.URI, item.Name, item, t.mime)
	return t, err
}

// maxTemplateURI bounds the URIs that are matched, since the time it takes grows with their length.
const maxTemplateURI = 8 << 10

// match returns the variables of a URI that fits the template, as the JSON object that the handler's input is decoded from.
func (t *template) match(uri string) ([]byte, bool) {
	if len(uri) > maxTemplateURI {
		return nil, false
	}
	values := t.uri.Match(encodeIRI(uri))
	if values == nil {
		return nil, false
	}
	raw := []byte{'{'}
	for _, name := range t.uri.Varnames() {
		v := values.Get(name)
		if !v.Valid() {
			continue
		}
		if len(raw) > 1 {
			raw = append(raw, ',')
		}
		raw = append(wire.AppendString(raw, name), ':')
		if v.T == uritemplate.ValueTypeList {
			raw = append(raw, '[')
			for i, s := range v.List() {
				if i > 0 {
					raw = append(raw, ',')
				}
				raw = t.appendValue(raw, name, s)
			}
			raw = append(raw, ']')
			continue
		}
		raw = t.appendValue(raw, name, v.String())
	}
	return append(raw, '}'), true
}

// encodeIRI writes letters beyond ASCII as a URI has them (RFC 3987 section 3.1), since models and people write them as they are.
func encodeIRI(uri string) string {
	if strings.IndexFunc(uri, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return uri
	}
	var b strings.Builder
	for i := range len(uri) {
		if c := uri[i]; c < utf8.RuneSelf {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// appendValue appends a variable as the JSON that its Go type reads: a string, or a number or boolean where the text is one.
func (t *template) appendValue(dst []byte, name, s string) []byte {
	if !t.text[name] && wire.Valid([]byte(s), 0) && strings.TrimSpace(s) == s {
		return append(dst, s...)
	}
	return wire.AppendString(dst, s)
}
