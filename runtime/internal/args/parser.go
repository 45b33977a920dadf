package args

import (
	"bytes"
	"slices"
	"sync"
)

// parser is the state of one pass over one text. Methods that consume input return false when the pass can't go on;
// the reason is then in stop. Violations do not end the pass.
type parser struct {
	data     []byte
	pos      int
	depth    int
	maxDepth int

	path    []segment // where we are
	keys    [][]byte  // names seen in the objects we are in, see keyset
	scratch []byte    // the last string that had to be unescaped
	canon   []byte    // the last value brought into canonical form
	strings arena     // what was decoded

	violations    []Violation
	maxViolations int
	failures      int // violations found, including those not kept
	repeats       int // names found to be repeated
	stop          string

	borrowed bool // path and keys may hold what is not ours or not small

	quiet bool // only find out whether there is a violation
	bad   bool // there is one
	work  int  // values that the interpreter may still visit
}

// segment is one step of a path: an index when it is not negative, else a name.
type segment struct {
	index int
	name  string
	raw   []byte
}

var parsers = sync.Pool{New: func() any { return new(parser) }}

// retained is the size up to which buffers are kept for the next call.
const retained = 16 << 10

func newParser(data []byte, limits Config) *parser {
	p := parsers.Get().(*parser)
	p.data = data
	p.maxDepth, p.maxViolations = limits.MaxDepth, limits.MaxViolations
	// Enough for every value to be looked at by a dozen alternatives, far too little for exponential schemas.
	p.work = 100_000 + 16*len(data)
	return p
}

// release gives the parser back. Nothing may keep the caller's data alive.
func (p *parser) release() {
	if p.borrowed {
		clear(p.path[:cap(p.path)])
		clear(p.keys[:cap(p.keys)])
		if cap(p.path) > 128 || cap(p.keys) > 128 {
			p.path, p.keys = nil, nil
		}
		p.borrowed = false
	}
	if cap(p.scratch) > retained || cap(p.canon) > retained {
		p.scratch, p.canon = nil, nil
	}
	p.data, p.pos, p.depth = nil, 0, 0
	p.strings.Reset()
	p.path, p.keys = p.path[:0], p.keys[:0]
	if p.failures > 0 || p.stop != "" {
		p.violations, p.failures, p.stop = nil, 0, ""
	}
	p.quiet, p.bad, p.repeats = false, false, 0
	parsers.Put(p)
}

// push adds a step to the path and returns its place. The caller fills it in.
func (p *parser) push() int {
	p.path = append(p.path, segment{index: -1})
	return len(p.path) - 1
}

func (p *parser) pop(at int) { p.path = p.path[:at] }

// spend counts a value that the interpreter visits.
func (p *parser) spend() bool {
	p.work--
	return p.work >= 0 || p.halt("is too large to be checked against all alternatives of its schema")
}

// mark is a state of the parser that it can go back to.
type mark struct{ pos, depth, path, keys int }

func (p *parser) mark() mark { return mark{p.pos, p.depth, len(p.path), len(p.keys)} }

func (p *parser) rewind(m mark) {
	p.pos, p.depth, p.path, p.keys = m.pos, m.depth, p.path[:m.path], p.keys[:m.keys]
}

// keyset finds repeated names of one object. The names of all open objects share one stack; a large object gets an index.
type keyset struct {
	base  int
	index map[string]struct{}
}

const indexedFrom = 16

func (p *parser) keyset() keyset { return keyset{base: len(p.keys)} }

// add returns the name in a form that stays valid until the set is closed, and whether it is new.
func (s *keyset) add(p *parser, name []byte) (kept []byte, fresh bool) {
	p.borrowed = true
	if len(p.scratch) > 0 && len(name) > 0 && &name[0] == &p.scratch[0] {
		name = bytes.Clone(name)
	}
	if s.index != nil {
		if _, dup := s.index[string(name)]; dup {
			return name, false
		}
		s.index[string(name)] = struct{}{}
		return name, true
	}
	seen := p.keys[s.base:]
	if slices.ContainsFunc(seen, func(k []byte) bool { return bytes.Equal(k, name) }) {
		return name, false
	}
	p.keys = append(p.keys, name)
	if len(seen) == indexedFrom {
		s.index = make(map[string]struct{}, 4*indexedFrom)
		for _, k := range p.keys[s.base:] {
			s.index[string(k)] = struct{}{}
		}
	}
	return name, true
}

func (s *keyset) close(p *parser) { p.keys = p.keys[:s.base] }
