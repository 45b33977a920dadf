package args

import (
	"errors"
	"fmt"
	"reflect"
)

// Config holds the limits of decoding. The zero value has the defaults.
type Config struct {
	// MaxDepth is how deep arrays and objects may nest, 1,000 if zero.
	MaxDepth int
	// MaxViolations is how many violations are reported one by one, 32 if zero.
	MaxViolations int
}

var defaultLimits = Config{MaxDepth: 1000, MaxViolations: 32}

// Decoder decodes the arguments of one tool. It is safe for concurrent use.
type Decoder struct {
	limits  Config
	pointer reflect.Type
	root    *plan
}

// Compile plans the decoding of values of type t that must satisfy a schema, with the default limits.
func Compile(t reflect.Type, schema []byte) (*Decoder, error) { return Config{}.Compile(t, schema) }

// Compile plans the decoding of values of type t that must satisfy a JSON Schema 2020-12.
//
// It fails with an [*UnsupportedError] when the schema uses a keyword that this package does not check, and with another
// error when the schema is malformed, when a default does not satisfy its own schema, or when a Go type can hold nothing
// of what its schema accepts.
func (c Config) Compile(t reflect.Type, schema []byte) (*Decoder, error) {
	if t == nil {
		return nil, errors.New("compile arguments: no type")
	}
	if c.MaxDepth <= 0 {
		c.MaxDepth = defaultLimits.MaxDepth
	}
	if c.MaxViolations <= 0 {
		c.MaxViolations = defaultLimits.MaxViolations
	}
	root, err := compileSchema(schema)
	if err != nil {
		return nil, fmt.Errorf("compile arguments of type %s: %w", t, err)
	}
	b := &planner{plans: map[planKey]*plan{}, wildcard: anything()}
	d := &Decoder{limits: c, pointer: reflect.PointerTo(t), root: b.plan(planKey{typ: t, node: root, root: true})}
	for _, check := range b.pending {
		if b.err == nil {
			b.err = check()
		}
	}
	if b.err != nil {
		return nil, fmt.Errorf("compile arguments of type %s: %w", t, b.err)
	}
	return d, nil
}

// Decode decodes one JSON value into dst, a pointer to a zero value of the decoder's type. No data at all, and null, mean
// an empty object.
//
// It returns every violation, in the order of the text, what is missing from an object after what is in it; text that is
// not JSON has a single one. The contents of dst mean nothing then. Decode keeps neither data nor dst. It panics if dst has
// another type, and when a method of a type that decodes itself does.
func (d *Decoder) Decode(data []byte, dst any) []Violation {
	v := reflect.ValueOf(dst)
	if !v.IsValid() || v.Type() != d.pointer || v.IsNil() {
		panic(fmt.Sprintf("args: Decode into %T, want a non-nil %s", dst, d.pointer))
	}
	p := newParser(data, d.limits)
	defer p.release()
	p.space()
	if p.absent() {
		p.data, p.pos = []byte("{}"), 0
	}
	if p.value(d.root, v.UnsafePointer()) {
		p.end()
	}
	return p.report()
}

// absent reports whether there is nothing, or nothing but null.
func (p *parser) absent() bool {
	if p.pos == len(p.data) {
		return true
	}
	if p.data[p.pos] != 'n' {
		return false
	}
	start := p.pos
	if p.literal("null") {
		p.space()
	}
	if p.stop == "" && p.pos == len(p.data) {
		return true
	}
	p.pos, p.stop = start, ""
	return false
}

// end makes sure that nothing follows.
func (p *parser) end() {
	if p.space(); p.pos < len(p.data) {
		p.unexpected("the end")
	}
}
