package args

import (
	"fmt"
	"strings"
)

// enumeration is the values of enum or const.
type enumeration struct {
	values  map[string]struct{} // in canonical form
	strings map[string]string   // each string to itself, so that a decoded one need not be copied
	mixed   bool                // there are other values than strings
	wording string
}

func newEnumeration(raw []byte) (*enumeration, error) {
	if kindOf(raw[0]) != kindArray {
		return nil, errNotArray
	}
	list := elements(raw)
	if len(list) == 0 {
		return nil, errNotArray
	}
	e := newConstant(list...)
	e.wording = "must be one of " + enumerate(list)
	return e, nil
}

func newConstant(list ...[]byte) *enumeration {
	e := &enumeration{values: map[string]struct{}{}, strings: map[string]string{}}
	e.wording = "must be " + excerpt(string(list[0]), maxQuoted)
	for _, raw := range list {
		if s, ok := stringValue(raw); ok {
			e.strings[s] = s
		} else {
			e.mixed = true
		}
		e.values[string(canonicalOf(raw))] = struct{}{}
	}
	return e
}

func canonicalOf(raw []byte) []byte {
	p := newParser(raw, defaultLimits)
	defer p.release()
	b, _ := p.canonical(nil)
	return b
}

// enumerate lists values as they are written in the schema, the first ones if there are many.
func enumerate(list [][]byte) string {
	const most = 20
	var parts []string
	for _, raw := range list[:min(len(list), most)] {
		parts = append(parts, excerpt(string(raw), maxQuoted))
	}
	text := strings.Join(parts, ", ")
	if len(list) > most {
		text += fmt.Sprintf(", … (%d in all)", len(list))
	}
	return text
}

// check reports a value, which began at start and has just been consumed, that is not in the enumeration.
func (e *enumeration) check(p *parser, start int) {
	p.recanonize(start)
	if _, ok := e.values[string(p.canon)]; !ok {
		p.fail(e.wording)
	}
}
