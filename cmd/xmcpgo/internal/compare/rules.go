package compare

import (
	"slices"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/rules"
)

// Rules lists all rules. By each, a change is either breaking or compatible.
func Rules() rules.List { return slices.Clone(table) }

var table = rules.List{
	rules.Breaking.Rule("tool-removed", "A tool is gone, or has another name."),
	rules.Compatible.Rule("tool-added", "A tool is new."),
	rules.Breaking.Rule("prompt-removed", "A prompt is gone, or has another name."),
	rules.Compatible.Rule("prompt-added", "A prompt is new."),
	rules.Breaking.Rule("resource-removed", "A resource, a template or a folder is gone, or has another address."),
	rules.Compatible.Rule("resource-added", "A resource, a template or a folder is new."),

	rules.Compatible.Rule("title-changed", "The title for people differs."),
	rules.Compatible.Rule("description-changed", "The description differs; models may choose the item more or less often."),
	rules.Compatible.Rule("name-changed", "A resource has another name; clients know it by its address."),
	rules.Compatible.Rule("audience-changed", "The audience or the priority of a resource differs."),
	rules.Breaking.Rule("mime-type-changed", "The contents of a resource are of another type, which a client may not be able to read."),
	rules.Compatible.Rule("mime-type-stated", "The type of the contents was not known, or is not stated any more."),

	rules.Breaking.Rule("promise-withdrawn", "A tool takes a promise of its annotations back (it changes nothing, destroys nothing, does no more at a second call, stays within its server); calls that were approved for it are approved no longer."),
	rules.Compatible.Rule("promise-made", "A tool promises more than before."),
	rules.Compatible.Rule("hint-stated", "An annotation is stated that was the default before, or the other way round."),

	rules.Breaking.Rule("scope-added", "Callers need a scope that their tokens may lack."),
	rules.Compatible.Rule("scope-removed", "Callers need a scope no longer."),
	rules.Breaking.Rule("permission-added", "Callers need a permission that they may lack."),
	rules.Compatible.Rule("permission-removed", "Callers need a permission no longer."),
	rules.Compatible.Rule("visibility-changed", "Callers who could not use the item see it no longer, or see it now."),

	rules.Breaking.Rule("argument-removed", "A prompt does not take an argument any more."),
	rules.Breaking.Rule("argument-required", "A prompt needs an argument that could be left out, or is new."),
	rules.Compatible.Rule("argument-added", "A prompt takes one more argument, which may be left out."),
	rules.Compatible.Rule("argument-optional", "An argument of a prompt may be left out now."),
	rules.Compatible.Rule("argument-moved", "The arguments of a prompt are listed in another order."),

	rules.Breaking.Rule("input-property-removed", "A tool does not take an argument any more."),
	rules.Compatible.Rule("input-property-added", "A tool takes one more argument, which may be left out."),
	rules.Breaking.Rule("input-required-added", "A tool needs an argument that could be left out, or is new."),
	rules.Compatible.Rule("input-required-removed", "An argument may be left out now."),
	rules.Breaking.Rule("input-header-required", "An argument must be repeated in a header (x-mcp-header, MCP 2026-07-28, server/tools), which a client with the old list does not do."),
	rules.Compatible.Rule("input-header-dropped", "An argument need not be repeated in a header any more."),
	rules.Compatible.Rule("input-default-added", "The value of an argument that is left out is stated now."),
	rules.Breaking.Rule("input-default-changed", "A call that leaves an argument out means something else."),
	rules.Breaking.Rule("input-default-removed", "A call that leaves an argument out may mean something else."),

	rules.Breaking.Rule("output-schema-removed", "A tool has no output schema any more: it returns no structured content."),
	rules.Compatible.Rule("output-schema-added", "A tool returns structured content now."),
	rules.Compatible.Rule("output-property-removed", "A property of the result that could be missing is always missing now."),
	rules.Compatible.Rule("output-property-added", "The result has one more property."),
	rules.Breaking.Rule("output-property-unexpected", "The result has one more property, and the old schema allowed none."),
	rules.Breaking.Rule("output-required-removed", "A property of the result may be missing that was always there."),
	rules.Compatible.Rule("output-required-added", "A property of the result is always there now."),

	rules.Breaking.Rule("input-type-narrowed", "An argument may be of fewer types."),
	rules.Compatible.Rule("input-type-widened", "An argument may be of more types."),
	rules.Breaking.Rule("input-type-changed", "An argument is of another type."),
	rules.Compatible.Rule("output-type-narrowed", "A part of the result is of fewer types."),
	rules.Breaking.Rule("output-type-widened", "A part of the result may be of a type that clients do not expect, such as null."),
	rules.Breaking.Rule("output-type-changed", "A part of the result is of another type."),

	rules.Breaking.Rule("input-values-narrowed", "An argument takes fewer of the values in a list, or only those in a list."),
	rules.Compatible.Rule("input-values-widened", "An argument takes more values than those in the list."),
	rules.Compatible.Rule("output-values-narrowed", "A part of the result has fewer possible values."),
	rules.Breaking.Rule("output-values-widened", "A part of the result may have a value that clients do not expect."),

	rules.Breaking.Rule("input-range-narrowed", "A bound of a number, a length or a count is closer: values are refused that were accepted."),
	rules.Compatible.Rule("input-range-widened", "A bound of a number, a length or a count is wider or gone."),
	rules.Breaking.Rule("input-range-changed", "The steps of a number are others, so that values are refused that were accepted."),
	rules.Compatible.Rule("output-range-narrowed", "A bound of a part of the result is closer."),
	rules.Breaking.Rule("output-range-widened", "A part of the result may lie outside of the bounds that clients know."),
	rules.Breaking.Rule("output-range-changed", "The steps of a number in the result are others."),

	rules.Breaking.Rule("input-pattern-narrowed", "A text must match a pattern now, or a format."),
	rules.Compatible.Rule("input-pattern-widened", "A text need not match a pattern or a format any more."),
	rules.Breaking.Rule("input-pattern-changed", "A text must match another pattern or format; which texts that refuses is not decided."),
	rules.Compatible.Rule("output-pattern-narrowed", "A text in the result matches a pattern or a format now."),
	rules.Breaking.Rule("output-pattern-widened", "A text in the result need not match a pattern or a format any more."),
	rules.Breaking.Rule("output-pattern-changed", "A text in the result matches another pattern or format."),

	rules.Breaking.Rule("input-extra-narrowed", "An object takes no properties, or only some, beyond those that are listed."),
	rules.Compatible.Rule("input-extra-widened", "An object takes properties beyond those that are listed."),
	rules.Compatible.Rule("output-extra-narrowed", "An object in the result has no properties beyond those that are listed."),
	rules.Breaking.Rule("output-extra-widened", "An object in the result may have properties beyond those that are listed, and the old schema allowed none, or only some."),

	rules.Breaking.Rule("input-keyword-narrowed", "Another keyword of JSON Schema refuses values that were accepted."),
	rules.Compatible.Rule("input-keyword-widened", "Another keyword of JSON Schema is gone."),
	rules.Breaking.Rule("input-keyword-changed", "A part of the schema differs in a way that is not compared in detail."),
	rules.Compatible.Rule("output-keyword-narrowed", "Another keyword of JSON Schema says more about the result."),
	rules.Breaking.Rule("output-keyword-widened", "Another keyword of JSON Schema said more about the result."),
	rules.Breaking.Rule("output-keyword-changed", "A part of the schema of the result differs in a way that is not compared in detail."),

	rules.Compatible.Rule("input-text-changed", "The title, the description or an example of an argument differs."),
	rules.Compatible.Rule("output-text-changed", "The title, the description or an example of a part of the result differs."),
}
