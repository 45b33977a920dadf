package schema

import (
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// how says who writes or reads a type's JSON.
type how uint8

const (
	structural how = iota // encoding/json, by the structure of the type
	asText                // the type, as the text of a JSON string
	asJSON                // the type, as any JSON value
	uncertain             // depends on whether the value is addressable
)

type codec struct {
	how    how
	custom *model.Type // has a JSONSchema method that describes this JSON
	known  *known
	via    string // the embedded fields that promote the method
	method string
}

// known is a type whose JSON is a matter of record although a method writes it.
type known struct {
	typ, format, description string
}

// knownTypes are the types with a form of their own that everybody uses. The key is path.name.
var knownTypes = map[string]known{
	"encoding/json.Number":        {typ: "number"},
	"encoding/json.RawMessage":    {},
	"log/slog.Level":              {typ: "string"},
	"math/big.Int":                {typ: "integer"},
	"time.Duration":               {typ: "integer", description: "In nanoseconds."},
	"time.Time":                   {typ: "string", format: "date-time"},
	"github.com/google/uuid.UUID": {typ: "string", format: "uuid"},
	"github.com/gofrs/uuid.UUID":  {typ: "string", format: "uuid"},
}

// lookupKnown also takes any major version of a module.
func lookupKnown(t *model.Type) *known {
	if t.Name == "" || t.InModule {
		return nil
	}
	path := t.PkgPath
	if i := strings.LastIndex(path, "/v"); i > 0 && strings.Trim(path[i+2:], "0123456789") == "" {
		path = path[:i]
	}
	if k, ok := knownTypes[path+"."+t.Name]; ok {
		return &k
	}
	return nil
}

// knownTexts read what the types of the standard library that are written as text read.
var knownTexts = map[string]func([]byte) error{
	"log/slog.Level":     readLevel,
	"net.IP":             func(b []byte) error { return new(net.IP).UnmarshalText(b) },
	"net/netip.Addr":     func(b []byte) error { return new(netip.Addr).UnmarshalText(b) },
	"net/netip.AddrPort": func(b []byte) error { return new(netip.AddrPort).UnmarshalText(b) },
	"net/netip.Prefix":   func(b []byte) error { return new(netip.Prefix).UnmarshalText(b) },
}

// readLevel is the UnmarshalText of slog.Level. The package itself would make the first go generate of an app compile three more.
func readLevel(b []byte) error {
	if !levelForm.Match(b) {
		return errors.New("a level is DEBUG, INFO, WARN or ERROR, with an offset as in INFO+1 or without")
	}
	return nil
}

var levelForm = regexp.MustCompile(`^(?i:debug|info|warn|error)([+-][0-9]{1,9})?$`)

// knownText is the reader of t's texts. What a type of somebody else reads is not known: its code is not run.
func knownText(t *model.Type) func(string) error {
	read := knownTexts[t.PkgPath+"."+t.Name]
	if read == nil || t.Name == "" || t.InModule {
		return nil
	}
	return func(s string) error { return read([]byte(s)) }
}

// codec follows encoding/json's choice between the type's methods and its structure. addressable says that the value certainly
// is, so that methods with a pointer receiver are called; decoding always can.
func (d *deriver) codec(t *model.Type, addressable bool) codec {
	m, text := t.Methods.MarshalJSON, t.Methods.MarshalText
	if d.mode == input {
		m, text, addressable = t.Methods.UnmarshalJSON, t.Methods.UnmarshalText, true
	}
	c := codec{known: lookupKnown(t)}
	if t.Kind == model.Interface {
		return codec{}
	}
	fact := m
	switch {
	case m.Has():
		c.how, c.method = asJSON, "MarshalJSON"
	case text.Has():
		fact, c.how, c.method = text, asText, "MarshalText"
	}
	if d.mode == input {
		c.method = strings.Replace(c.method, "Marshal", "Unmarshal", 1)
	}
	c.via = fact.Via
	if fact.Receiver == model.PointerReceiver && !addressable {
		c.how = uncertain
	}
	// An embedded type's JSONSchema is promoted with its other methods, yet it describes the outer type only when the outer
	// type's JSON is written by the embedded one too.
	if s := t.Methods.JSONSchema; s.Has() && (s.Via == "" || c.how != structural && fact.Via == s.Via) {
		c.custom = t
	}
	return c
}

// isBytes reports whether t is written as base64 (encoding/json, Marshal: "[]byte encodes as a base64-encoded string").
func (d *deriver) isBytes(t *model.Type) bool {
	if t.Kind != model.Slice || t.Elem.Kind != model.Uint8 {
		return false
	}
	m := t.Elem.Methods
	if d.mode == input {
		return !m.UnmarshalJSON.Has() && !m.UnmarshalText.Has()
	}
	return !m.MarshalJSON.Has() && !m.MarshalText.Has()
}
