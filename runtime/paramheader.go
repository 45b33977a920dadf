package xmcp

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// paramHeader is an argument that clients of 2026-07-28 repeat in a header, so that proxies can route by it (MCP 2026-07-28,
// server/tools, x-mcp-header).
type paramHeader struct {
	path   []string // from the arguments to the value
	header string   // in the form that net/http keeps
	kind   string   // string, integer or boolean
}

const paramHeaderPrefix = "Mcp-Param-"

// findParamHeaders finds the annotated properties of an input schema. Only what is reached through properties alone may be
// annotated, on a string, integer or boolean, with names that differ in more than case.
func findParamHeaders(schema string) ([]paramHeader, error) {
	if !strings.Contains(schema, `"x-mcp-header"`) {
		return nil, nil
	}
	var root headerSchema
	if err := json.Unmarshal([]byte(schema), &root); err != nil {
		return nil, fmt.Errorf("its input schema: %w", err)
	}
	var found []paramHeader
	if err := root.collect(nil, &found); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, h := range found {
		if seen[h.header] {
			return nil, fmt.Errorf("x-mcp-header %q is used twice", strings.TrimPrefix(h.header, paramHeaderPrefix))
		}
		seen[h.header] = true
	}
	return found, nil
}

type headerSchema struct {
	Type       json.RawMessage          `json:"type"`
	Header     *string                  `json:"x-mcp-header"`
	Properties map[string]*headerSchema `json:"properties"`
}

func (s *headerSchema) collect(path []string, found *[]paramHeader) error {
	if s.Header != nil {
		var kind string
		if err := json.Unmarshal(s.Type, &kind); err != nil || kind != "string" && kind != "integer" && kind != "boolean" {
			return fmt.Errorf("x-mcp-header on %s: it must be a string, an integer or a boolean", strings.Join(path, "."))
		}
		if !isToken(*s.Header) {
			return fmt.Errorf("x-mcp-header %q on %s is no header name", *s.Header, strings.Join(path, "."))
		}
		*found = append(*found, paramHeader{append([]string(nil), path...), http.CanonicalHeaderKey(paramHeaderPrefix + *s.Header), kind})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if p := s.Properties[name]; p != nil {
			if err := p.collect(append(path, name), found); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkParamHeaders compares the headers with the arguments that they repeat.
func (c *call) checkParamHeaders(headers []paramHeader, arguments []byte) error {
	if len(headers) == 0 || c.era == wire.Legacy || c.header == nil {
		return nil
	}
	for _, h := range headers {
		value, err := lookUp(arguments, h.path, c.srv.cfg.Limits.Nesting)
		if err != nil {
			return wire.NewError(wire.CodeInvalidParams, "arguments: "+err.Error())
		}
		if !h.matches(c.header, value) {
			return headerMismatch(h.header)
		}
	}
	return nil
}

// checkUpstreamHeaders compares the headers of a tool call with the arguments that they repeat, where the upstream tells its schemas.
func (c *call) checkUpstreamHeaders() error {
	schemas, ok := c.srv.cfg.MCP.(UpstreamSchemas)
	if !ok || c.msg.Method != wire.ToolsCall || c.era == wire.Legacy || c.header == nil {
		return nil
	}
	name, _ := c.msg.Params.String("name")
	headers, err := findParamHeaders(string(schemas.InputSchema(name)))
	if err != nil {
		return fmt.Errorf("upstream: tool %s: %w", name, err)
	}
	return c.checkParamHeaders(headers, c.msg.Params.Get("arguments"))
}

// lookUp returns the raw value at a path; nil when it is absent or null.
func lookUp(raw []byte, path []string, depth int) ([]byte, error) {
	for _, name := range path {
		if len(raw) == 0 || raw[0] != '{' {
			return nil, nil
		}
		members, err := wire.AppendMembers(nil, raw, depth)
		if err != nil {
			return nil, err
		}
		raw = nil
		for _, m := range members {
			if string(m.Key) == name && string(m.Value) != "null" {
				raw = m.Value
			}
		}
	}
	return raw, nil
}

// matches tells whether the header repeats the value: it is there exactly when the value is, and equal, integers by number.
func (h *paramHeader) matches(header http.Header, value []byte) bool {
	if value == nil {
		return header[h.header] == nil
	}
	got, ok := single(header, h.header)
	if ok {
		got, ok = decodeHeader(got)
	}
	if !ok {
		return false
	}
	if h.kind == "string" {
		want, err := wire.Unquote(value)
		return err != nil || got == want // what is no string is refused with the other violations
	}
	if h.kind == "boolean" {
		return got == string(value)
	}
	return got == string(value) || !isNumber(string(value)) || sameInteger(got, string(value))
}

// sameInteger compares integers however they are written: 42, 42.0, 4.2e1.
func sameInteger(a, b string) bool {
	x, okX := exactInteger(a)
	y, okY := exactInteger(b)
	return okX && okY && x.Cmp(y) == 0
}

// exactInteger reads a JSON number that is an integer, of any size that a number type of Go holds exactly and more.
func exactInteger(s string) (*big.Int, bool) {
	const maxLength, maxSize = 64, 1e40 // bound the work that a number with an exponent makes
	if len(s) > maxLength || !isNumber(s) {
		return nil, false
	}
	switch size, err := strconv.ParseFloat(s, 64); {
	case err != nil, math.Abs(size) > maxSize:
		return nil, false
	case math.Abs(size) < 1:
		mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
		return new(big.Int), strings.Trim(mantissa, "-0.") == ""
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || !r.IsInt() {
		return nil, false
	}
	return r.Num(), true
}

func isNumber(s string) bool {
	return s != "" && (s[0] == '-' || '0' <= s[0] && s[0] <= '9') && json.Valid([]byte(s))
}
