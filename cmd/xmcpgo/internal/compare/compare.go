// Package compare tells what changed between two contracts of a server, and what that means for its clients.
//
// Each [Change] names a rule ([Rules]), and each rule has one verdict: breaking, when a client that knows the old contract and does what it says
// may be refused by the new server or get what it was not told of; or compatible. The arguments of a tool are judged as what the server
// accepts, so they may grow: an input may become wider, never narrower. Its results are what the server promises, so it is the other way
// round. What cannot be decided, such as one regular expression in the place of another, counts as breaking.
//
// Nothing here reads files or prints: contracts come in, changes go out, in an order that depends on the contracts alone.
package compare

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/rules"
	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// Change is one difference between two contracts.
type Change struct {
	Rule *rules.Rule
	// Item is what changed, by kind and name: "tool greet", "resource app://about".
	Item string
	// Path leads to the place in the item: "input.name", "output.lines[].price"; empty for the item itself.
	Path string
	// Message says what the change is, without the item and the path.
	Message string
	// Position of the item in the new source; zero for one that is gone.
	Position contract.Position
}

// Breaking reports whether the change is.
func (c *Change) Breaking() bool { return c.Rule.Level == rules.Breaking }

// Compare lists what changed from one contract to another: breaking changes first, then by item and path. Neither is modified.
func Compare(before, after *contract.Contract) []Change {
	all := slices.Concat(
		items("tool", before.Tools, after.Tools, func(t *contract.Tool) (string, contract.Position) { return "tool " + t.Name, t.Position }, (*report).tool,
			func(gone *contract.Tool) string { return successor(gone, before, after) }),
		items("prompt", before.Prompts, after.Prompts, func(p *contract.Prompt) (string, contract.Position) { return "prompt " + p.Name, p.Position }, (*report).prompt, nil),
		items("resource", before.Resources, after.Resources, func(r *contract.Resource) (string, contract.Position) { return resourceName(r), r.Position }, (*report).resource, nil),
	)
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Or(-compareBool(a.Breaking(), b.Breaking()), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return all
}

// items lists what changed in the items of a kind. about is the name of one and its position; successor, if any, says what may be there in
// the place of one that is gone.
func items[T any](kind string, before, after []T, about func(*T) (string, contract.Position), both func(r *report, before, after *T), successor func(gone *T) string) []Change {
	var all []Change
	name := func(x *T) string { n, _ := about(x); return n }
	for item, pair := range pairs(before, after, name) {
		r := &report{item: item}
		switch {
		case pair.after == nil:
			said := "is gone"
			if successor != nil {
				said += successor(pair.before)
			}
			r.add(kind+"-removed", "", "%s", said)
		case pair.before == nil:
			_, r.position = about(pair.after)
			r.add(kind+"-added", "", "is new")
		default:
			_, r.position = about(pair.after)
			both(r, pair.before, pair.after)
		}
		all = append(all, r.changes...)
	}
	return all
}

func resourceName(r *contract.Resource) string {
	switch {
	case r.URITemplate != "":
		return "template " + r.URITemplate
	case r.Folder != "":
		return "folder " + r.Folder
	}
	return "resource " + r.URI
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// pair is an item before and after; one of them may be nil.
type pair[T any] struct{ before, after *T }

// pairs joins items by name. Of several with the same name, which no server has, the last counts.
func pairs[T any](before, after []T, name func(*T) string) map[string]pair[T] {
	all := map[string]pair[T]{}
	for i := range before {
		all[name(&before[i])] = pair[T]{before: &before[i]}
	}
	for i := range after {
		p := all[name(&after[i])]
		p.after = &after[i]
		all[name(&after[i])] = p
	}
	return all
}

// successor names a new tool with the same input, which may be the old one by another name.
func successor(gone *contract.Tool, before, after *contract.Contract) string {
	for i := range after.Tools {
		t := &after.Tools[i]
		old := slices.ContainsFunc(before.Tools, func(b contract.Tool) bool { return b.Name == t.Name })
		if !old && t.Description == gone.Description && canonical(parse(t.InputSchema)) == canonical(parse(gone.InputSchema)) {
			return fmt.Sprintf("; %s, which is new, takes the same", t.Name)
		}
	}
	return ""
}

// report collects the changes of one item.
type report struct {
	item     string
	position contract.Position
	changes  []Change
}

func (r *report) add(rule, path, format string, args ...any) {
	r.changes = append(r.changes, Change{Rule: table.Lookup(rule), Item: r.item, Path: path, Message: fmt.Sprintf(format, args...), Position: r.position})
}

func (r *report) tool(before, after *contract.Tool) {
	r.texts("", [2]string{before.Title, before.Description}, [2]string{after.Title, after.Description})
	r.hints(before.Annotations, after.Annotations)
	r.access(before.Access, after.Access)
	compareSchemas(r, input, before.InputSchema, after.InputSchema)
	switch had, has := len(before.OutputSchema) > 0, len(after.OutputSchema) > 0; {
	case had && has:
		compareSchemas(r, output, before.OutputSchema, after.OutputSchema)
	case had:
		r.add("output-schema-removed", "output", "has no schema any more, and no structured content")
	case has:
		r.add("output-schema-added", "output", "has a schema now")
	}
}

func (r *report) texts(path string, before, after [2]string) {
	if before[0] != after[0] {
		r.add("title-changed", path, "title was %s, is %s", quoted(before[0]), quoted(after[0]))
	}
	if before[1] != after[1] {
		r.add("description-changed", path, "description was %s, is %s", quoted(before[1]), quoted(after[1]))
	}
}

func (r *report) access(before, after contract.Access) {
	for _, list := range []struct {
		noun          string
		before, after []string
	}{{"scope", before.Scopes, after.Scopes}, {"permission", before.Permissions, after.Permissions}} {
		if more := without(list.after, list.before); len(more) > 0 {
			r.add(list.noun+"-added", "", "needs the %s %s now", list.noun, strings.Join(more, ", "))
		}
		if fewer := without(list.before, list.after); len(fewer) > 0 {
			r.add(list.noun+"-removed", "", "needs the %s %s no longer", list.noun, strings.Join(fewer, ", "))
		}
	}
	switch {
	case after.Hidden && !before.Hidden:
		r.add("visibility-changed", "", "is hidden now from callers without its permissions")
	case before.Hidden && !after.Hidden:
		r.add("visibility-changed", "", "is seen now by callers without its permissions")
	}
}

func (r *report) prompt(before, after *contract.Prompt) {
	r.texts("", [2]string{before.Title, before.Description}, [2]string{after.Title, after.Description})
	r.access(before.Access, after.Access)
	name := func(a *contract.Argument) string { return a.Name }
	for arg, p := range pairs(before.Arguments, after.Arguments, name) {
		path := "arguments." + step(arg)
		switch {
		case p.after == nil:
			r.add("argument-removed", path, "is gone")
		case p.before == nil && p.after.Required:
			r.add("argument-required", path, "is new and required")
		case p.before == nil:
			r.add("argument-added", path, "is new and optional")
		default:
			if p.after.Required && !p.before.Required {
				r.add("argument-required", path, "was optional, is required")
			} else if p.before.Required && !p.after.Required {
				r.add("argument-optional", path, "was required, is optional")
			}
			r.texts(path, [2]string{p.before.Title, p.before.Description}, [2]string{p.after.Title, p.after.Description})
		}
	}
	if !slices.Equal(common(before.Arguments, after.Arguments), common(after.Arguments, before.Arguments)) {
		r.add("argument-moved", "arguments", "are in another order, which shows where a client takes them by position")
	}
}

// common are the names of the arguments that others has, too.
func common(list, others []contract.Argument) []string {
	var names []string
	for _, a := range list {
		if slices.ContainsFunc(others, func(o contract.Argument) bool { return o.Name == a.Name }) {
			names = append(names, a.Name)
		}
	}
	return names
}

func (r *report) resource(before, after *contract.Resource) {
	if before.Name != after.Name {
		r.add("name-changed", "", "name was %s, is %s", quoted(before.Name), quoted(after.Name))
	}
	r.texts("", [2]string{before.Title, before.Description}, [2]string{after.Title, after.Description})
	r.access(before.Access, after.Access)
	switch {
	case before.MIMEType == after.MIMEType:
	case before.MIMEType == "" || after.MIMEType == "":
		r.add("mime-type-stated", "", "type was %s, is %s", quoted(before.MIMEType), quoted(after.MIMEType))
	default:
		r.add("mime-type-changed", "", "type was %s, is %s", quoted(before.MIMEType), quoted(after.MIMEType))
	}
	if !slices.Equal(before.Audience, after.Audience) || before.Priority != after.Priority {
		r.add("audience-changed", "", "audience or priority differs")
	}
}

// without lists what of a list another lacks.
func without(list, other []string) []string {
	var rest []string
	for _, s := range list {
		if !slices.Contains(other, s) {
			rest = append(rest, s)
		}
	}
	slices.Sort(rest)
	return slices.Compact(rest)
}

// maxQuoted is the length to which texts are cut in messages.
const maxQuoted = 80

func quoted(s string) string {
	if s == "" {
		return "empty"
	}
	if runes := []rune(s); len(runes) > maxQuoted {
		s = string(runes[:maxQuoted-1]) + "…"
	}
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // unreachable: a string encodes
	}
	return string(b)
}
