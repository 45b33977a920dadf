package args

import (
	"fmt"
	"strings"
)

// combine checks $ref and the combining keywords against the value at the current position, which has the kind k. The
// position afterwards means nothing.
func (p *parser) combine(n *node, k kind) bool {
	start := p.mark()
	if n.ref != nil {
		if !p.validate(n.ref) {
			return false
		}
		p.rewind(start)
	}
	for _, m := range n.allOf {
		if !p.validate(m) {
			return false
		}
		p.rewind(start)
	}
	if n.anyOf != nil {
		_, matching := p.countMatches(n.anyOf, 1)
		p.rewind(start)
		if p.stop != "" || matching == 0 && !p.failAlternatives(n.anyOf, k, "at least one") {
			return false
		}
		p.rewind(start)
	}
	if n.oneOf != nil {
		places, matching := p.countMatches(n.oneOf, 2)
		p.rewind(start)
		switch {
		case p.stop != "":
			return false
		case matching == 0:
			if !p.failAlternatives(n.oneOf, k, "exactly one") {
				return false
			}
		case matching > 1:
			p.failSeveral(n.oneOf, places)
		}
		p.rewind(start)
	}
	if n.not != nil {
		matches := p.matches(n.not)
		p.rewind(start)
		if matches {
			p.failForbidden(n.not)
		}
	}
	return p.stop == ""
}

// matches reports whether the value at the current position satisfies the schema. The position afterwards means nothing.
func (p *parser) matches(n *node) bool {
	quiet, bad := p.quiet, p.bad
	failures := p.failures
	p.quiet, p.bad = true, false
	ok := p.validate(n) && !p.bad
	p.quiet, p.bad, p.failures = quiet, bad, failures
	return ok
}

// countMatches counts the alternatives that match, up to a number of them, and returns their places.
func (p *parser) countMatches(list []*node, most int) (places [2]int, matching int) {
	m := p.mark()
	for i, n := range list {
		p.rewind(m)
		if p.matches(n) {
			places[matching] = i
			matching++
		}
		if p.stop != "" || matching == most {
			break
		}
	}
	return places, matching
}

// reason returns the first violation of the schema by the value at the current position, "" if there is none.
func (p *parser) reason(n *node) string {
	m := p.mark()
	matches := p.matches(n)
	p.rewind(m)
	if matches || p.stop != "" {
		return ""
	}
	if p.quiet {
		return "is not valid"
	}
	kept, most, failures, path := p.violations, p.maxViolations, p.failures, p.path
	p.violations, p.maxViolations, p.path = nil, 1, nil
	p.validate(n)
	found := p.violations
	p.violations, p.maxViolations, p.failures, p.path = kept, most, failures, path
	p.rewind(m)
	if len(found) == 0 {
		return "is not valid"
	}
	return strings.TrimLeft(found[0].Path+" "+found[0].Message, "$ ")
}

// failAlternatives reports that none of the alternatives matches. Where the value's type leaves only one of them, what is
// wrong by that one is what helps the caller.
func (p *parser) failAlternatives(list []*node, k kind, howMany string) bool {
	if p.mute() {
		p.fail("")
		return true
	}
	var fitting []*node
	var types kind
	whole := true
	for _, n := range list {
		if n.accepts()&k != 0 {
			fitting = append(fitting, n)
		}
		types |= n.accepts()
		if t := n.target(); n.accepts()&kindNumber != 0 && !t.whole {
			whole = false
		}
	}
	switch {
	case types == 0:
		p.fail("is not allowed")
	case len(fitting) == 0:
		p.mismatch(wordTypes(types, whole))
	case len(fitting) == 1:
		return p.validate(fitting[0])
	default:
		if groups, ok := requiredGroups(list); ok {
			p.failf("must have %s of these: %s", howMany, strings.Join(groups, "; "))
			break
		}
		const most = 4
		var why []string
		for i, n := range fitting[:min(len(fitting), most)] {
			why = append(why, fmt.Sprintf("(%d) %s", i+1, p.reason(n)))
		}
		p.failf("must satisfy %s of %d alternatives: %s", howMany, len(fitting), strings.Join(why, "; "))
	}
	return p.stop == ""
}

func (p *parser) failSeveral(list []*node, places [2]int) {
	if p.mute() {
		p.fail("")
		return
	}
	if groups, ok := requiredGroups(list); ok {
		p.failf("must have exactly one of these: %s", strings.Join(groups, "; "))
		return
	}
	p.failf("must satisfy exactly one of %d alternatives, but satisfies numbers %d and %d", len(list), places[0]+1,
		places[1]+1)
}

func (p *parser) failForbidden(n *node) {
	switch n = n.target(); {
	case p.quiet:
		p.fail("")
	case n.constant != nil:
		p.fail("must not " + strings.TrimPrefix(n.constant.wording, "must "))
	case n.enum != nil:
		p.fail("must not " + strings.TrimPrefix(n.enum.wording, "must "))
	case n.types != 0 && n.str == nil && n.num == nil && n.arr == nil && n.obj == nil:
		p.fail("must not be " + n.wording)
	default:
		p.fail("matches what the schema forbids here")
	}
}

// requiredGroups returns the names that each alternative requires, if that is all that they differ in.
func requiredGroups(list []*node) (groups []string, ok bool) {
	for _, n := range list {
		if n.obj == nil || len(n.obj.required) == 0 || n.str != nil || n.num != nil || n.arr != nil || n.enum != nil ||
			n.constant != nil || len(n.obj.properties)+len(n.obj.patterns) > 0 || n.combines() || n.ref != nil {
			return nil, false
		}
		var names []string
		for _, name := range n.obj.required {
			names = append(names, quote(name))
		}
		groups = append(groups, strings.Join(names, " and "))
	}
	return groups, true
}
