package args

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// schemaCompiler turns the schemas of one document into nodes, each place once.
type schemaCompiler struct {
	root  []byte
	nodes map[string]*node
	order []*node
}

func compileSchema(schema []byte) (*node, error) {
	if err := checkSyntax(schema); err != nil {
		return nil, fmt.Errorf("schema %w", err)
	}
	c := &schemaCompiler{root: schema, nodes: map[string]*node{}}
	n, err := c.compile("#", trimSpace(schema))
	if err != nil {
		return nil, err
	}
	if err := c.refuseLoops(); err != nil {
		return nil, err
	}
	return n, nil
}

// checkSyntax refuses what is not one JSON value without repeated properties.
func checkSyntax(data []byte) error {
	p := newParser(data, defaultLimits)
	defer p.release()
	p.space()
	if p.skip() {
		p.end()
	}
	if v := p.report(); len(v) > 0 {
		return errors.New(v[0].Message)
	}
	return nil
}

func trimSpace(data []byte) []byte { return []byte(strings.Trim(string(data), " \t\r\n")) }

// member is a property of an object in a schema document whose syntax is known to be good.
type member struct {
	name string
	raw  []byte
}

func members(raw []byte) []member {
	var list []member
	p := newParser(raw, defaultLimits)
	defer p.release()
	for more, _ := p.open('}'); more; more, _ = p.next('}') {
		name, _ := p.key()
		m := member{name: string(name)}
		start := p.pos
		p.skip()
		m.raw = raw[start:p.pos:p.pos]
		list = append(list, m)
	}
	return list
}

func elements(raw []byte) [][]byte {
	var list [][]byte
	p := newParser(raw, defaultLimits)
	defer p.release()
	for more, _ := p.open(']'); more; more, _ = p.next(']') {
		start := p.pos
		p.skip()
		list = append(list, raw[start:p.pos:p.pos])
	}
	return list
}

func stringValue(raw []byte) (string, bool) {
	if kindOf(raw[0]) != kindString {
		return "", false
	}
	return string(wire.AppendUnescaped(nil, raw[1:len(raw)-1])), true
}

// compile returns the node of the schema raw, which stands at pointer.
func (c *schemaCompiler) compile(pointer string, raw []byte) (*node, error) {
	if n := c.nodes[pointer]; n != nil {
		return n, nil
	}
	n := &node{pointer: pointer}
	c.nodes[pointer] = n
	c.order = append(c.order, n)
	switch kindOf(raw[0]) {
	case kindBool:
		n.trivial, n.never = raw[0] == 't', raw[0] == 'f'
		return n, nil
	case kindObject:
	default:
		return nil, &nestedError{fmt.Errorf("schema at %s must be an object or a boolean", pointer)}
	}
	for _, m := range members(raw) {
		if err := c.keyword(n, m.name, m.raw); err != nil {
			if u := (*UnsupportedError)(nil); errors.As(err, &u) || isNested(err) {
				return nil, err
			}
			return nil, &nestedError{fmt.Errorf("schema at %s: %s: %w", pointer, m.name, err)}
		}
	}
	n.finish()
	return n, nil
}

// nestedError marks an error that names its place already.
type nestedError struct{ error }

func (e *nestedError) Unwrap() error { return e.error }

func isNested(err error) bool {
	var n *nestedError
	return errors.As(err, &n)
}

// refer returns the node that a $ref means.
func (c *schemaCompiler) refer(ref string) (*node, error) {
	fragment, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, fmt.Errorf("%q does not point into this document", ref)
	}
	path, err := url.PathUnescape(fragment)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", ref, err)
	}
	if path != "" && path[0] != '/' {
		return nil, fmt.Errorf("%q is not a JSON pointer", ref)
	}
	raw, pointer := trimSpace(c.root), "#"
	for _, step := range strings.Split(path, "/")[1:] {
		step = unescapePointer.Replace(step)
		if raw, ok = child(raw, step); !ok {
			return nil, fmt.Errorf("%q points to nothing", ref)
		}
		pointer = join(pointer, step)
	}
	return c.compile(pointer, raw)
}

// JSON pointers (RFC 6901) write ~ as ~0 and / as ~1. One pass of a Replacer is not the same as two passes of Replace.
var (
	escapePointer   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")
)

func join(pointer, step string) string { return pointer + "/" + escapePointer.Replace(step) }

func child(raw []byte, step string) ([]byte, bool) {
	switch kindOf(raw[0]) {
	case kindObject:
		for _, m := range members(raw) {
			if m.name == step {
				return m.raw, true
			}
		}
	case kindArray:
		list := elements(raw)
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(list) {
			return list[i], true
		}
	}
	return nil, false
}

// refuseLoops finds schemas that apply themselves to the same value, which no value could ever satisfy in finite time.
func (c *schemaCompiler) refuseLoops() error {
	const open, done = 1, 2
	state := map[*node]int{}
	var visit func(n *node) error
	visit = func(n *node) error {
		switch state[n] {
		case done:
			return nil
		case open:
			return fmt.Errorf("schema at %s refers to itself without end", n.pointer)
		}
		state[n] = open
		var next []*node
		if n.ref != nil {
			next = append(next, n.ref)
		}
		if n.not != nil {
			next = append(next, n.not)
		}
		for _, list := range [][]*node{n.allOf, n.anyOf, n.oneOf} {
			next = append(next, list...)
		}
		for _, m := range next {
			if err := visit(m); err != nil {
				return err
			}
		}
		state[n] = done
		return nil
	}
	for _, n := range c.order {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}
