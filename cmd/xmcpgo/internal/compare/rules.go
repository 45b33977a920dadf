package compare

import "slices"

// Rule says what kind of a change is breaking. The identifiers are stable: configurations and scripts name them.
type Rule struct {
	ID       string
	Breaking bool
	// About is one sentence: what the change is and what it means for clients.
	About string
}

// Verdict is "breaking" or "compatible".
func (r *Rule) Verdict() string {
	if r.Breaking {
		return "breaking"
	}
	return "compatible"
}

// Rules lists all rules, in the order of the documentation.
func Rules() []Rule { return slices.Clone(rules) }

// Lookup finds a rule; nil when there is none of that name.
func Lookup(id string) *Rule {
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i]
		}
	}
	return nil
}

var rules = []Rule{
	{"tool-removed", true, "A tool is gone, or has another name."},
	{"tool-added", false, "A tool is new."},
	{"prompt-removed", true, "A prompt is gone, or has another name."},
	{"prompt-added", false, "A prompt is new."},
	{"resource-removed", true, "A resource, a template or a folder is gone, or has another address."},
	{"resource-added", false, "A resource, a template or a folder is new."},

	{"title-changed", false, "The title for people differs."},
	{"description-changed", false, "The description differs; models may choose the item more or less often."},
	{"name-changed", false, "A resource has another name; clients know it by its address."},
	{"audience-changed", false, "The audience or the priority of a resource differs."},
	{"mime-type-changed", true, "The contents of a resource are of another type, which a client may not be able to read."},
	{"mime-type-stated", false, "The type of the contents was not known, or is not stated any more."},

	{"promise-withdrawn", true, "A tool takes a promise of its annotations back (it changes nothing, destroys nothing, does no more at a second call, stays within its server); calls that were approved for it are approved no longer."},
	{"promise-made", false, "A tool promises more than before."},
	{"hint-stated", false, "An annotation is stated that was the default before, or the other way round."},

	{"scope-added", true, "Callers need a scope that their tokens may lack."},
	{"scope-removed", false, "Callers need a scope no longer."},
	{"permission-added", true, "Callers need a permission that they may lack."},
	{"permission-removed", false, "Callers need a permission no longer."},
	{"visibility-changed", false, "Callers who could not use the item see it no longer, or see it now."},

	{"argument-removed", true, "A prompt does not take an argument any more."},
	{"argument-required", true, "A prompt needs an argument that could be left out, or is new."},
	{"argument-added", false, "A prompt takes one more argument, which may be left out."},
	{"argument-optional", false, "An argument of a prompt may be left out now."},
	{"argument-moved", false, "The arguments of a prompt are listed in another order."},

	{"input-property-removed", true, "A tool does not take an argument any more."},
	{"input-property-added", false, "A tool takes one more argument, which may be left out."},
	{"input-required-added", true, "A tool needs an argument that could be left out, or is new."},
	{"input-required-removed", false, "An argument may be left out now."},
	{"input-header-required", true, "An argument must be repeated in a header (x-mcp-header, MCP 2026-07-28, server/tools), which a client with the old list does not do."},
	{"input-header-dropped", false, "An argument need not be repeated in a header any more."},
	{"input-default-added", false, "The value of an argument that is left out is stated now."},
	{"input-default-changed", true, "A call that leaves an argument out means something else."},
	{"input-default-removed", true, "A call that leaves an argument out may mean something else."},

	{"output-schema-removed", true, "A tool has no output schema any more: it returns no structured content."},
	{"output-schema-added", false, "A tool returns structured content now."},
	{"output-property-removed", false, "A property of the result that could be missing is always missing now."},
	{"output-property-added", false, "The result has one more property."},
	{"output-property-unexpected", true, "The result has one more property, and the old schema allowed none."},
	{"output-required-removed", true, "A property of the result may be missing that was always there."},
	{"output-required-added", false, "A property of the result is always there now."},

	{"input-type-narrowed", true, "An argument may be of fewer types."},
	{"input-type-widened", false, "An argument may be of more types."},
	{"input-type-changed", true, "An argument is of another type."},
	{"output-type-narrowed", false, "A part of the result is of fewer types."},
	{"output-type-widened", true, "A part of the result may be of a type that clients do not expect, such as null."},
	{"output-type-changed", true, "A part of the result is of another type."},

	{"input-values-narrowed", true, "An argument takes fewer of the values in a list, or only those in a list."},
	{"input-values-widened", false, "An argument takes more values than those in the list."},
	{"output-values-narrowed", false, "A part of the result has fewer possible values."},
	{"output-values-widened", true, "A part of the result may have a value that clients do not expect."},

	{"input-range-narrowed", true, "A bound of a number, a length or a count is closer: values are refused that were accepted."},
	{"input-range-widened", false, "A bound of a number, a length or a count is wider or gone."},
	{"input-range-changed", true, "The steps of a number are others, so that values are refused that were accepted."},
	{"output-range-narrowed", false, "A bound of a part of the result is closer."},
	{"output-range-widened", true, "A part of the result may lie outside of the bounds that clients know."},
	{"output-range-changed", true, "The steps of a number in the result are others."},

	{"input-pattern-narrowed", true, "A text must match a pattern now, or a format."},
	{"input-pattern-widened", false, "A text need not match a pattern or a format any more."},
	{"input-pattern-changed", true, "A text must match another pattern or format; which texts that refuses is not decided."},
	{"output-pattern-narrowed", false, "A text in the result matches a pattern or a format now."},
	{"output-pattern-widened", true, "A text in the result need not match a pattern or a format any more."},
	{"output-pattern-changed", true, "A text in the result matches another pattern or format."},

	{"input-extra-narrowed", true, "An object takes no properties, or only some, beyond those that are listed."},
	{"input-extra-widened", false, "An object takes properties beyond those that are listed."},
	{"output-extra-narrowed", false, "An object in the result has no properties beyond those that are listed."},
	{"output-extra-widened", true, "An object in the result may have properties beyond those that are listed, and the old schema allowed none, or only some."},

	{"input-keyword-narrowed", true, "Another keyword of JSON Schema refuses values that were accepted."},
	{"input-keyword-widened", false, "Another keyword of JSON Schema is gone."},
	{"input-keyword-changed", true, "A part of the schema differs in a way that is not compared in detail."},
	{"output-keyword-narrowed", false, "Another keyword of JSON Schema says more about the result."},
	{"output-keyword-widened", true, "Another keyword of JSON Schema said more about the result."},
	{"output-keyword-changed", true, "A part of the schema of the result differs in a way that is not compared in detail."},

	{"input-text-changed", false, "The title, the description or an example of an argument differs."},
	{"output-text-changed", false, "The title, the description or an example of a part of the result differs."},
}
