package xmcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// needsWrap tells whether values of the schema may be anything but objects.
func needsWrap(schema string) (bool, error) {
	var head struct {
		Type json.RawMessage `json:"type"`
	}
	if err := json.Unmarshal([]byte(schema), &head); err != nil {
		return false, errors.New("its output schema is not a JSON object")
	}
	return string(head.Type) != `"object"`, nil
}

// wrapSchema puts a schema under the property "result" of an object. Its definitions move to the new root, where references
// to them look; every other reference follows the schema to its new place.
func wrapSchema(schema string) (string, error) {
	members, err := wire.AppendMembers(nil, []byte(schema), wire.MaxDepth)
	if err != nil {
		return "", fmt.Errorf("its output schema: %w", err)
	}
	var inner, defs []byte
	for _, m := range members {
		if string(m.Key) == "$defs" {
			defs = appendMoved(nil, m.Value, false)
			continue
		}
		inner = appendMember(inner, m, string(m.Key) == "$ref")
	}
	b := append([]byte(`{"type":"object","properties":{"result":{`), inner...)
	b = append(b, `}},"required":["result"]`...)
	if defs != nil {
		b = append(append(b, `,"$defs":`...), defs...)
	}
	return string(append(b, '}')), nil
}

// appendMember appends a member of an object behind the ones that are there.
func appendMember(dst []byte, m wire.Member, ref bool) []byte {
	if len(dst) > 0 && dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(wire.AppendString(dst, m.Key), ':')
	return appendMoved(dst, m.Value, ref)
}

// appendMoved appends a part of a schema that is valid JSON, with its references into the document moved. ref tells that the
// value is the one of a reference.
func appendMoved(dst, value []byte, ref bool) []byte {
	switch {
	case value[0] == '{':
		members, _ := wire.AppendMembers(nil, value, wire.MaxDepth)
		dst = append(dst, '{')
		for _, m := range members {
			dst = appendMember(dst, m, string(m.Key) == "$ref")
		}
		return append(dst, '}')
	case value[0] == '[':
		elements, _ := wire.AppendElements(nil, value, wire.MaxDepth)
		dst = append(dst, '[')
		for i, e := range elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendMoved(dst, e, false)
		}
		return append(dst, ']')
	case ref:
		to, err := wire.Unquote(value)
		if err == nil && (to == "#" || strings.HasPrefix(to, "#/") && !strings.HasPrefix(to, "#/$defs/")) {
			return wire.AppendString(dst, "#/properties/result"+to[1:])
		}
	}
	return append(dst, value...)
}

// singleType writes several types at the root of a schema as alternatives, which means the same, since there are clients that
// read the type of a tool's output as one word.
func singleType(schema string) (string, error) {
	members, err := wire.AppendMembers(nil, []byte(schema), wire.MaxDepth)
	if err != nil {
		return "", fmt.Errorf("its output schema: %w", err)
	}
	several := false
	for _, m := range members {
		several = several || string(m.Key) == "type" && m.Value[0] == '['
		if string(m.Key) == "anyOf" {
			return schema, nil
		}
	}
	if !several {
		return schema, nil
	}
	b := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		if string(m.Key) != "type" {
			b = append(append(wire.AppendString(b, m.Key), ':'), m.Value...)
			continue
		}
		types, err := wire.AppendElements(nil, m.Value, wire.MaxDepth)
		if err != nil {
			return "", fmt.Errorf("its output schema: %w", err)
		}
		b = append(b, `"anyOf":[`...)
		for j, t := range types {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, `{"type":`...), t...), '}')
		}
		b = append(b, ']')
	}
	return string(append(b, '}')), nil
}
