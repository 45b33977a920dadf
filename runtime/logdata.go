package xmcp

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// appendLogData appends a log record as the JSON object that clients get: the text under "message", then the attributes in
// the order of their names. Every name occurs once; of two attributes with the same name the later one stays.
func appendLogData(dst []byte, message string, attrs []slog.Attr) []byte {
	fields := map[string]any{}
	addAttrs(fields, attrs)
	delete(fields, "message")
	dst = append(dst, `{"message":`...)
	dst = wire.AppendString(dst, message)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		dst = append(dst, ',')
		dst = append(wire.AppendString(dst, name), ':')
		dst = append(dst, logJSON(fields[name])...)
	}
	return append(dst, '}')
}

// addAttrs adds attributes to an object by the rules of [slog.Handler]: groups of one name become one, a group without a name
// is taken apart, an empty group and an empty attribute are left out.
func addAttrs(into map[string]any, attrs []slog.Attr) {
	for _, a := range attrs {
		v := a.Value.Resolve()
		if v.Kind() != slog.KindGroup {
			if a.Key != "" || v.Any() != nil {
				into[a.Key] = logValue(v)
			}
			continue
		}
		members := v.Group()
		if a.Key == "" {
			addAttrs(into, members)
			continue
		}
		if len(members) == 0 {
			continue
		}
		group, ok := into[a.Key].(map[string]any)
		if !ok {
			group = map[string]any{}
			into[a.Key] = group
		}
		addAttrs(group, members)
	}
}

// logValue is the value of an attribute as encoding/json can write it.
func logValue(v slog.Value) any {
	switch v.Kind() {
	case slog.KindDuration:
		return v.Duration().String()
	case slog.KindTime:
		return v.Time().Format(time.RFC3339Nano)
	case slog.KindAny:
		return logJSON(v.Any())
	}
	return v.Any()
}

// logJSON encodes a value of the user's. What cannot be encoded is described, since a log message must not fail.
func logJSON(v any) (raw json.RawMessage) {
	defer func() {
		if p := recover(); p != nil {
			raw = wire.AppendString(nil, fmt.Sprintf("%T: panic: %v", v, p))
		}
	}()
	if _, object := v.(json.Marshaler); !object {
		if err, ok := v.(error); ok {
			return wire.AppendString(nil, err.Error())
		}
	}
	raw, err := marshal(v)
	if err != nil {
		return wire.AppendString(nil, fmt.Sprintf("%+v", v))
	}
	return raw
}
