package compare

import (
	"fmt"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// promise is what a client may count on by a hint, with the default of the protocol where none is given (MCP 2025-11-25, schema,
// ToolAnnotations): a tool changes things, may destroy, does more at the second call and reaches the world, unless it says otherwise. The
// hints about changes mean something only for a tool that makes any.
type promise struct {
	name     string
	kept     string // what a client may count on when the promise is made
	given    func(contract.Annotations) bool
	declared func(contract.Annotations) *bool
}

func promises() []promise {
	is := func(b *bool, preset bool) bool {
		if b == nil {
			return preset
		}
		return *b
	}
	readOnly := func(a contract.Annotations) bool { return is(a.ReadOnly, false) }
	return []promise{
		{"readOnlyHint", "changes nothing", readOnly, func(a contract.Annotations) *bool { return a.ReadOnly }},
		{"destructiveHint", "destroys nothing",
			func(a contract.Annotations) bool { return readOnly(a) || !is(a.Destructive, true) },
			func(a contract.Annotations) *bool { return a.Destructive }},
		{"idempotentHint", "does no more at a second call",
			func(a contract.Annotations) bool { return readOnly(a) || is(a.Idempotent, false) },
			func(a contract.Annotations) *bool { return a.Idempotent }},
		{"openWorldHint", "stays within its server",
			func(a contract.Annotations) bool { return !is(a.OpenWorld, true) },
			func(a contract.Annotations) *bool { return a.OpenWorld }},
	}
}

// hints compares promises: people and clients approve calls because of them.
func (r *report) hints(before, after *contract.Annotations) {
	if before == nil {
		before = &contract.Annotations{}
	}
	if after == nil {
		after = &contract.Annotations{}
	}
	all := promises()
	readOnly := all[0].given
	for _, p := range all {
		had, has := p.given(*before), p.given(*after)
		was, is := stated(p.declared(*before)), stated(p.declared(*after))
		switch {
		case was == is && p.name != all[0].name && readOnly(*before) != readOnly(*after): // it follows from the other promise
		case had && !has:
			r.add("promise-withdrawn", p.name, "it no longer promises that it %s", p.kept)
		case has && !had:
			r.add("promise-made", p.name, "it promises now that it %s", p.kept)
		case was != is:
			r.add("hint-stated", p.name, "was %s, is %s, which means the same here", was, is)
		}
	}
}

func stated(b *bool) string {
	if b == nil {
		return "not stated"
	}
	return fmt.Sprint(*b)
}
