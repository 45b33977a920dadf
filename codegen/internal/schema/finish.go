package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// finish decides which definitions stay, and builds the schema.
func (d *deriver) finish(root *node) *Result {
	b := &builder{d: d, custom: map[*jsonschema.Schema]*model.Type{}, root: root}
	var rootDef *definition
	if root.def != nil && !root.nullable {
		rootDef = root.def
		d.countUses(rootDef.node, map[*definition]bool{rootDef: true})
	} else {
		d.countUses(root, map[*definition]bool{})
	}
	for _, def := range d.defs {
		def.inCycle = reaches(def, def)
	}
	d.nameDefinitions()
	if rootDef != nil {
		rootDef.name = "#"
	}
	d.checkRefs()
	if d.mode == input {
		d.checkHeaders(root)
	}
	var s *jsonschema.Schema
	if rootDef != nil {
		s = b.build(rootDef.node)
	} else {
		s = b.build(root)
	}
	for _, def := range d.defs {
		if def != rootDef && def.kept() {
			if s.Definitions == nil {
				s.Definitions = jsonschema.Definitions{}
			}
			body := *def.node
			if text, _ := prose(def.typ.Doc); body.description == "" && def.typ.InModule {
				body.description = text
			}
			s.Definitions[def.name] = b.build(&body)
		}
	}
	e := encoder{custom: b.custom}
	e.schema(s)
	return &Result{Schema: s, Parts: e.finish()}
}

// countUses counts how often each definition is named by what n leads to.
func (d *deriver) countUses(n *node, seen map[*definition]bool) {
	walk(n, func(n *node) {
		if n.def == nil {
			return
		}
		n.def.uses++
		if !seen[n.def] {
			seen[n.def] = true
			d.countUses(n.def.node, seen)
		}
	})
}

// kept reports whether the definition goes to $defs rather than to the one place that uses it.
func (def *definition) kept() bool { return def.uses > 0 && (def.inCycle || def.uses > 1) }

func (def *definition) ref() string {
	if def.name == "#" {
		return "#"
	}
	return "#/$defs/" + def.name
}

// walk visits n and what lies below it, without entering definitions.
func walk(n *node, visit func(*node)) {
	if n == nil {
		return
	}
	visit(n)
	walk(n.items, visit)
	walk(n.values, visit)
	for _, p := range n.properties {
		walk(p.node, visit)
	}
}

// reaches reports whether from leads to target.
func reaches(from, target *definition) bool {
	seen := map[*definition]bool{}
	found := false
	var follow func(*definition)
	follow = func(def *definition) {
		walk(def.node, func(n *node) {
			if n.def == nil || found {
				return
			}
			if n.def == target {
				found = true
				return
			}
			if !seen[n.def] {
				seen[n.def] = true
				follow(n.def)
			}
		})
	}
	follow(from)
	return found
}

// nameDefinitions names them package.Type. Types that share a name get more of their import paths in front.
func (d *deriver) nameDefinitions() {
	for elements := 1; ; elements++ {
		byName := map[string][]*definition{}
		for _, def := range d.defs {
			if def.name == "" {
				n := definitionName(def.typ, elements)
				byName[n] = append(byName[n], def)
			} else {
				byName[def.name] = append(byName[def.name], nil)
			}
		}
		unnamed := false
		for name, defs := range byName {
			if len(defs) == 1 && defs[0] != nil {
				defs[0].name = name
			}
			unnamed = unnamed || len(defs) > 1
		}
		if !unnamed {
			return
		}
		if elements > 20 { // types of function bodies may share all of it
			for _, def := range d.defs {
				if def.name == "" {
					def.name = definitionName(def.typ, 1) + "-" + strconv.Itoa(slices.Index(d.defs, def)+1)
				}
			}
			return
		}
	}
}

// definitionName keeps to characters that need no escape in a JSON pointer or a URI fragment.
func definitionName(t *model.Type, elements int) string {
	path := strings.Split(t.PkgPath, "/")
	name := t.PkgName
	if elements > 1 {
		name = strings.Join(path[max(0, len(path)-elements):], "-")
	}
	name += "." + t.Name
	for i, a := range t.TypeArgs {
		name += []string{"-", "_"}[min(i, 1)] + argumentName(a, elements)
	}
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteString("u" + strconv.FormatInt(int64(r), 16))
		}
	}
	return b.String()
}

func argumentName(t *model.Type, elements int) string {
	if t.Named() {
		if t.PkgPath == "" {
			return t.Name
		}
		return definitionName(t, elements)
	}
	switch t.Kind {
	case model.Pointer:
		return "ptr-" + argumentName(t.Elem, elements)
	case model.Slice:
		return "list-" + argumentName(t.Elem, elements)
	case model.Array:
		return "list" + strconv.FormatInt(t.Len, 10) + "-" + argumentName(t.Elem, elements)
	case model.Map:
		return "map-" + argumentName(t.Key, elements) + "-" + argumentName(t.Elem, elements)
	case model.Interface:
		return "any"
	}
	return t.Kind.String()
}

// checkRefs follows the references that tags make, and keeps what they lead to.
func (d *deriver) checkRefs() {
	for _, r := range d.refs {
		i := slices.IndexFunc(d.defs, func(def *definition) bool { return def.ref() == r.ref })
		if i >= 0 {
			d.defs[i].uses += 2
			continue
		}
		if r.ref == "#" {
			continue
		}
		names := []string{"#"}
		for _, def := range d.defs {
			if def.name != "#" {
				names = append(names, def.ref())
			}
		}
		r.at.code, r.at.message = codeRef, r.p.path+": the schema has no "+r.ref
		r.at.hint = didYouMean(r.ref, names, "it has "+strings.Join(names, ", "))
		d.report(r.p, r.at.diagnostic(r.from))
	}
}

// checkHeaders reports what MCP 2026-07-28 forbids of x-mcp-header: two equal names, and a place below anything but properties.
func (d *deriver) checkHeaders(root *node) {
	seen := map[string]bool{}
	reachable := map[*node]bool{}
	var follow func(n *node)
	follow = func(n *node) {
		if n.def != nil {
			if n.def.name != "#" && n.def.kept() {
				return
			}
			n = n.def.node
		}
		for _, p := range n.properties {
			if reachable[p.node] {
				return
			}
			reachable[p.node] = true
			follow(p.node)
		}
	}
	follow(root)
	check := func(n *node) {
		for _, p := range n.properties {
			h := p.node.header
			if h == nil {
				continue
			}
			name := strings.ToLower(h.at.message)
			switch {
			case !reachable[p.node]:
				h.at.message = "x-mcp-header of property " + p.name + " can't be reached through properties alone"
				h.at.hint = "move it to the input itself"
			case seen[name]:
				h.at.message = "x-mcp-header " + quote(name) + " stands twice"
				h.at.hint = "header names do not know upper and lower case"
			default:
				seen[name] = true
				continue
			}
			d.report(place{}, h.at.diagnostic(h.from))
		}
	}
	for _, def := range d.defs {
		walk(def.node, check)
	}
}
