package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What is wrong with a file that is there.
var (
	ErrBroken = errors.New("the file is no JSON that can be changed safely, and was left as it is")
	ErrTaken  = errors.New("there is another server of that name")
)

// Set puts an entry under names into a JSON text, and leaves every other byte as it is. An empty text becomes a new object. It reports whether
// anything changed. An entry that is there with another value is [ErrTaken], unless it may be replaced. With comments, the text may
// have them, and commas behind the last entry, as editors allow in their own files.
func Set(text []byte, key, name string, entry []byte, comments, replace bool) (out []byte, changed bool, err error) {
	if len(bytes.TrimSpace(text)) == 0 {
		out, err := indented(object{{key, object{{name, json.RawMessage(entry)}}}}, "", "  ", "\n")
		return append(out, '\n'), true, err
	}
	p := &parser{text: text, comments: comments}
	root, err := p.document()
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	style := styleOf(text, root)
	servers, err := root.child(key)
	if err != nil {
		return nil, false, err
	}
	if servers == nil {
		value, err := indented(object{{name, json.RawMessage(entry)}}, style.indent, style.indent, style.newline)
		if err != nil {
			return nil, false, err
		}
		return root.insert(text, key, value, "", style), true, nil
	}
	if servers.kind != '{' {
		return nil, false, fmt.Errorf("%w: %q is no object", ErrBroken, key)
	}
	there, err := servers.child(name)
	if err != nil {
		return nil, false, err
	}
	value, err := indented(json.RawMessage(entry), style.indent+style.indent, style.indent, style.newline)
	if err != nil {
		return nil, false, err
	}
	switch {
	case there == nil:
		return servers.insert(text, name, value, style.indent, style), true, nil
	case equalJSON(p.plain(there), entry):
		return text, false, nil
	case !replace:
		return nil, false, fmt.Errorf("%w: %s", ErrTaken, name)
	}
	return splice(text, there.start, there.end, value), true, nil
}

// indented is JSON on several lines, to stand behind a prefix.
func indented(v any, prefix, indent, newline string) ([]byte, error) {
	raw, err := encode(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, prefix, indent); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("\n"), []byte(newline)), nil
}

func splice(text []byte, from, to int, with []byte) []byte {
	out := make([]byte, 0, len(text)+len(with))
	out = append(out, text[:from]...)
	out = append(out, with...)
	return append(out, text[to:]...)
}

// style is how a file is laid out.
type style struct{ indent, newline string }

// styleOf takes the layout over from the first entry of the file.
func styleOf(text []byte, root *value) style {
	s := style{indent: "  ", newline: "\n"}
	if bytes.Contains(text, []byte("\r\n")) {
		s.newline = "\r\n"
	}
	if len(root.members) > 0 {
		at := root.members[0].keyStart
		line := text[bytes.LastIndexByte(text[:at], '\n')+1 : at]
		if len(line) > 0 && len(bytes.Trim(line, " \t")) == 0 {
			s.indent = string(line)
		}
	}
	return s
}

// value is a part of a JSON text, by its place.
type value struct {
	kind       byte // { [ " or another for what has no parts
	start, end int  // end is exclusive
	members    []member
	lastComma  bool // there is a comma behind the last member
}

type member struct {
	name     string
	keyStart int
	value    *value
}

// child finds a member. Two of one name are more than can be changed safely.
func (v *value) child(name string) (*value, error) {
	var found *value
	for _, m := range v.members {
		if m.name != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%w: %q is there twice", ErrBroken, name)
		}
		found = m.value
	}
	return found, nil
}

// insert adds a member behind the last one. prefix is the indentation of the object.
func (v *value) insert(text []byte, name string, with []byte, prefix string, s style) []byte {
	key, err := encode(name)
	if err != nil {
		key = []byte(`""`) // unreachable: a string encodes
	}
	entry := string(key) + ": " + string(with)
	if len(v.members) == 0 {
		// What stands between the braces, comments, stays in front.
		inside := strings.TrimRight(string(text[v.start+1:v.end-1]), " \t\r\n")
		return splice(text, v.start+1, v.end-1, []byte(inside+s.newline+prefix+s.indent+entry+s.newline+prefix))
	}
	last := v.members[len(v.members)-1].value.end
	rest := string(text[last : v.end-1]) // a comma and comments, perhaps
	kept := strings.TrimRight(rest, " \t\r\n")
	end := rest[len(kept):]
	if !strings.Contains(end, "\n") {
		end = s.newline + prefix
	}
	comma := ","
	if v.lastComma {
		comma = ""
	}
	return splice(text, last, v.end-1, []byte(comma+kept+s.newline+prefix+s.indent+entry+end))
}

func equalJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, err := json.Marshal(x)
	two, err2 := json.Marshal(y)
	return err == nil && err2 == nil && bytes.Equal(one, two)
}

// parser reads JSON (RFC 8259) and remembers where things are.
type parser struct {
	text     []byte
	at       int
	comments bool
}

// maxNesting bounds what a file may hold.
const maxNesting = 200

func (p *parser) document() (*value, error) {
	if !utf8.Valid(p.text) {
		return nil, errors.New("it is not UTF-8")
	}
	if p.comments {
		p.at = len(p.text) - len(bytes.TrimPrefix(p.text, []byte("\ufeff")))
	}
	if err := p.skip(); err != nil {
		return nil, err
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if v.kind != '{' {
		return nil, errors.New("it is not an object")
	}
	if err := p.skip(); err != nil {
		return nil, err
	}
	if p.at < len(p.text) {
		return nil, p.errorf("there is more behind the object")
	}
	return v, nil
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("line %d: %s", 1+bytes.Count(p.text[:min(p.at, len(p.text))], []byte("\n")), fmt.Sprintf(format, args...))
}

// skip goes over blanks and comments.
func (p *parser) skip() error {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			p.at++
		case c == '/' && p.comments && p.comment():
		case c == '/':
			return p.errorf("a comment is not allowed here, or has no end")
		default:
			return nil
		}
	}
	return nil
}

// comment goes over one comment, and reports whether there was one.
func (p *parser) comment() bool {
	rest := p.text[p.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		p.at += end
		return true
	case bytes.HasPrefix(rest, []byte("/*")):
		end := bytes.Index(rest[2:], []byte("*/"))
		if end < 0 {
			return false
		}
		p.at += end + 4
		return true
	}
	return false
}

func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) value(depth int) (*value, error) {
	if depth > maxNesting {
		return nil, p.errorf("it is nested too deep")
	}
	switch p.peek() {
	case '{':
		return p.container(depth, '}')
	case '[':
		return p.container(depth, ']')
	case '"':
		v := &value{kind: '"', start: p.at}
		_, err := p.string()
		v.end = p.at
		return v, err
	}
	v := &value{kind: p.peek(), start: p.at}
	for p.at < len(p.text) && !bytes.ContainsRune([]byte(" \t\r\n,:]}[{\"/"), rune(p.text[p.at])) {
		p.at++
	}
	if v.end = p.at; !json.Valid(p.text[v.start:v.end]) {
		return nil, p.errorf("%q is no value", clip(p.text[v.start:v.end]))
	}
	return v, nil
}

func clip(b []byte) string {
	if r := []rune(string(b)); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return string(b)
}

// container reads an object or a list.
func (p *parser) container(depth int, closing byte) (*value, error) {
	v := &value{kind: p.peek(), start: p.at}
	p.at++
	for first := true; ; first = false {
		if err := p.skip(); err != nil {
			return nil, err
		}
		if p.peek() == closing && (first || !v.lastComma || p.comments) {
			p.at++
			v.end = p.at
			return v, nil
		}
		if !first && !v.lastComma {
			return nil, p.errorf("a comma or %q is missing", closing)
		}
		v.lastComma = false
		m := member{keyStart: p.at}
		if closing == '}' {
			var err error
			if m.name, err = p.key(); err != nil {
				return nil, err
			}
		}
		var err error
		if m.value, err = p.value(depth + 1); err != nil {
			return nil, err
		}
		v.members = append(v.members, m)
		if err := p.skip(); err != nil {
			return nil, err
		}
		if p.peek() == ',' {
			p.at++
			v.lastComma = true
		}
	}
}

func (p *parser) key() (string, error) {
	if p.peek() != '"' {
		return "", p.errorf("a name in quotes is missing")
	}
	name, err := p.string()
	if err != nil {
		return "", err
	}
	if err := p.skip(); err != nil {
		return "", err
	}
	if p.peek() != ':' {
		return "", p.errorf("a colon is missing behind %q", clip([]byte(name)))
	}
	p.at++
	return name, p.skip()
}

func (p *parser) string() (string, error) {
	start := p.at
	for p.at++; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			var s string
			if err := json.Unmarshal(p.text[start:p.at], &s); err != nil {
				return "", p.errorf("a text cannot be read")
			}
			return s, nil
		}
	}
	p.at = start
	return "", p.errorf("a text has no end")
}

// plain is a value as JSON without comments and commas behind the last entry.
func (p *parser) plain(v *value) []byte {
	switch v.kind {
	case '{', '[':
		var parts []string
		for _, m := range v.members {
			part := string(p.plain(m.value))
			if v.kind == '{' {
				key, err := encode(m.name)
				if err != nil {
					continue // unreachable: a string encodes
				}
				part = string(key) + ":" + part
			}
			parts = append(parts, part)
		}
		closing := map[byte]string{'{': "}", '[': "]"}[v.kind]
		return []byte(string(v.kind) + strings.Join(parts, ",") + closing)
	}
	return p.text[v.start:v.end]
}
