// Package applog reads what an app writes to its standard error: records of log/slog in both of their forms, and traces of goroutines.
// It says where in a line an attribute stands, so that a line can be shown without one and is otherwise as it came.
package applog

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Begins tells whether a line begins as a record of slog does, as far as it is there: more of it may come.
func Begins(line []byte) bool {
	for _, begin := range []string{"time=", `{"time":`} {
		if n := min(len(begin), len(line)); string(line[:n]) == begin[:n] {
			return true
		}
	}
	return false
}

// Field is an attribute of a record, and where it stands in the line, with what separates it from the one before.
type Field struct {
	Key, Value string
	Start, End int
}

// Fields reads a line as slog's handlers write a record, without the line's end: the attributes of its outermost level, which follow upon
// each other in the line. A value of JSON that is no text is left out of Value. It is false for what is no record.
func Fields(line string) ([]Field, bool) {
	if strings.HasPrefix(line, "{") {
		return jsonFields(line)
	}
	var list []Field
	for at := 0; at < len(line); {
		f := Field{Start: at}
		rest := strings.TrimPrefix(line[at:], " ")
		var ok bool
		if f.Key, rest, ok = textToken(rest, "="); !ok || !strings.HasPrefix(rest, "=") {
			return nil, false
		}
		if f.Value, rest, ok = textToken(rest[1:], " "); !ok || rest != "" && rest[0] != ' ' {
			return nil, false
		}
		at = len(line) - len(rest)
		f.End = at
		list = append(list, f)
	}
	return list, true
}

// textToken reads a key or a value, which is quoted where it must be.
func textToken(s, end string) (token, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		at := strings.Index(s, end)
		if at < 0 {
			at = len(s)
		}
		return s[:at], s[at:], true
	}
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", false
	}
	token, err = strconv.Unquote(quoted)
	return token, s[len(quoted):], err == nil
}

func jsonFields(line string) ([]Field, bool) {
	var list []Field
	dec := json.NewDecoder(strings.NewReader(line))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	for dec.More() {
		f := Field{Start: int(dec.InputOffset())}
		key, err := dec.Token()
		if err != nil {
			return nil, false
		}
		f.Key, _ = key.(string)
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return nil, false
		}
		_ = json.Unmarshal(raw, &f.Value) // what is no text is not looked at
		f.End = int(dec.InputOffset())
		list = append(list, f)
	}
	if _, err := dec.Token(); err != nil || int(dec.InputOffset()) != len(line) {
		return nil, false
	}
	return list, true
}
