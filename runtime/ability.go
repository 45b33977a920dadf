package xmcp

import (
	"fmt"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// ability is what a question takes of a client, as flags (MCP 2026-07-28, schema, ClientCapabilities).
type ability uint8

const (
	fillsForms ability = 1 << iota
	opensPages
	samples
	samplesWithTools
	listsRoots
)

// abilities reads what the client of the call has declared. Keys are case-sensitive: what is spelled otherwise is not declared.
func (c *call) abilities() (a ability) {
	raw := c.capabilities()
	if raw == nil {
		return 0
	}
	caps, err := wire.Object(raw)
	if err != nil {
		return 0
	}
	if e, err := caps.Object("elicitation"); err == nil && e != nil {
		if isObject(e.Get("form")) || e.Get("form") == nil && e.Get("url") == nil { // an empty object means forms (MCP 2025-11-25, client/elicitation)
			a |= fillsForms
		}
		if isObject(e.Get("url")) {
			a |= opensPages
		}
	}
	if s, err := caps.Object("sampling"); err == nil && s != nil {
		a |= samples
		if isObject(s.Get("tools")) {
			a |= samplesWithTools
		}
	}
	if isObject(caps.Get("roots")) {
		a |= listsRoots
	}
	return a
}

func isObject(raw []byte) bool { return len(raw) > 0 && raw[0] == '{' }

// String returns the capabilities as a client declares them: a JSON object.
func (a ability) String() string {
	var b []byte
	if a&(fillsForms|opensPages) != 0 {
		var modes []byte
		if a&fillsForms != 0 {
			modes = append(modes, `"form":{}`...)
		}
		if a&opensPages != 0 {
			modes = append(comma(modes), `"url":{}`...)
		}
		b = append(append(append(b, `"elicitation":{`...), modes...), '}')
	}
	switch {
	case a&samplesWithTools != 0:
		b = append(comma(b), `"sampling":{"tools":{}}`...)
	case a&samples != 0:
		b = append(comma(b), `"sampling":{}`...)
	}
	if a&listsRoots != 0 {
		b = append(comma(b), `"roots":{}`...)
	}
	return "{" + string(b) + "}"
}

// lackingError tells that the client has not declared what a question takes. A handler may go on without the answer; one that
// returns the error answers a client of 2026-07-28 with -32021 (MCP 2026-07-28, basic, _meta).
type lackingError struct {
	key   string
	lacks ability
}

func (e *lackingError) Error() string {
	return fmt.Sprintf("ask %q: %v: it did not declare %s", e.key, ErrNotSupported, e.lacks)
}

func (e *lackingError) Unwrap() []error {
	return []error{ErrNotSupported, missingCapabilities(e.lacks)}
}

func missingCapabilities(a ability) *wire.Error {
	return &wire.Error{
		Code:    wire.CodeMissingClientCapability,
		Message: "the client lacks a capability that this request needs",
		Data:    []byte(`{"requiredCapabilities":` + a.String() + `}`),
	}
}

// lacking returns everything that the questions behind an error have found missing.
func lacking(err error) (a ability) {
	switch e := err.(type) {
	case *lackingError:
		return e.lacks
	case interface{ Unwrap() error }:
		return lacking(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			a |= lacking(err)
		}
	}
	return a
}
