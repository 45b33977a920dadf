// Package lint checks what only shows when the whole app is known, or what the types cannot say: names, descriptions, URIs, raw
// schemas and metadata that contradicts itself.
package lint

import (
	"fmt"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Lint adds the diagnostics of an app.
func Lint(app *model.App, diags *diag.List) {
	l := linter{diags}
	for _, p := range app.Packages {
		for _, it := range p.Items {
			l.name(it)
			l.description(it)
			l.metadata(it)
			l.schemas(it)
			if it.Kind == model.Resource {
				l.uri(it)
			}
		}
	}
	l.duplicates(app.Items(model.Tool))
	l.duplicates(app.Items(model.Prompt))
	l.duplicateURIs(app.Items(model.Resource))
}

type linter struct {
	diags *diag.List
}

// namePos is where an item's name comes from: the metadata, else the handler.
func namePos(it *model.Item) diag.Pos {
	if it.Metadata.Name != "" {
		return it.Position("Name")
	}
	return it.Pos
}

// maxName is the length that MCP gives tool names (2025-11-25, server/tools); it holds for prompts as well.
const maxName = 128

func (l linter) name(it *model.Item) {
	pos := namePos(it)
	if it.Kind == model.Resource {
		if strings.TrimSpace(it.Name) == "" {
			l.diags.Add(diag.Errorf(pos, diag.IllegalName, "a resource needs a name").WithHint("set Name in %s", it.MetadataVar))
		}
		return
	}
	problem := ""
	switch {
	case it.Name == "":
		problem = "it is empty"
	case len(it.Name) > maxName:
		problem = fmt.Sprintf("it has %d characters, at most %d are allowed", len(it.Name), maxName)
	default:
		if i := strings.IndexFunc(it.Name, func(r rune) bool { return !nameRune(r) }); i >= 0 {
			problem = fmt.Sprintf("%q is not allowed", []rune(it.Name[i:])[0])
		}
	}
	if problem != "" {
		l.diags.Add(diag.Errorf(pos, diag.IllegalName, "%q cannot be the name of a %s: %s", it.Name, it.Kind, problem).
			WithHint("use 1 to %d of A-Z, a-z, 0-9, \"_\", \"-\" and \".\"; set Name in %s", maxName, it.MetadataVar))
	}
}

func nameRune(r rune) bool {
	return r == '_' || r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

func (l linter) description(it *model.Item) {
	if strings.TrimSpace(it.Description) != "" {
		return
	}
	l.diags.Add(diag.Errorf(it.Pos, diag.NoDescription, "%s has no description, and it is what the model reads", it.Handler.Name).
		WithHint("write a comment above it: // %s …; or set Description in %s", it.Handler.Name, it.MetadataVar))
}

// duplicates reports equal names at both places.
func (l linter) duplicates(items []*model.Item) {
	first := map[string]*model.Item{}
	for _, it := range items {
		other, taken := first[it.Name]
		if !taken {
			first[it.Name] = it
			continue
		}
		l.both(it, other, namePos, func(it *model.Item) diag.Diagnostic {
			return diag.Errorf(namePos(it), diag.DuplicateName, "two %ss have the name %s", it.Kind, it.Name).WithHint("set another Name in %s", it.MetadataVar)
		})
	}
}

// both reports a clash at the place of either item, with the other as the related place.
func (l linter) both(a, b *model.Item, pos func(*model.Item) diag.Pos, report func(*model.Item) diag.Diagnostic) {
	for _, pair := range [][2]*model.Item{{a, b}, {b, a}} {
		l.diags.Add(report(pair[0]).WithRelated(pos(pair[1]), "the other one is here"))
	}
}
