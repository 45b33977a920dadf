package scan

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// suffix is what a metadata variable's name ends in; the part before it names the handler.
const suffix = "Metadata"

// handlerName is the name of the function that a metadata variable pairs with.
func handlerName(metadataVar string) string {
	if metadataVar == suffix {
		return "Handler"
	}
	return strings.TrimSuffix(metadataVar, suffix)
}

// completionName is the name of the function that completes the arguments of an item.
func completionName(metadataVar string) string {
	return "Complete" + strings.TrimSuffix(metadataVar, suffix)
}

// metadataKind says which metadata type t is; pointer reports that it is a pointer to it.
func metadataKind(t types.Type) (kind model.ItemKind, pointer bool) {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		kind, _ = metadataKind(p.Elem())
		return kind, kind != 0
	}
	for _, k := range [...]model.ItemKind{model.Tool, model.Prompt, model.Resource} {
		if isNamed(t, Runtime, k.MetadataType()) {
			return k, false
		}
	}
	return 0, false
}

// items finds the package's items; nil when it has none.
func (s *scanner) items() *model.Package {
	p := &model.Package{Path: s.pkg.PkgPath, Name: s.pkg.Name, Dir: s.folder.Dir, Scope: s.pkg.Types.Scope().Names()}
	paired := map[*function]bool{}
	metadata := map[string]*variable{}
	for _, v := range s.vars {
		if v.obj == nil {
			s.redeclared(metadata[v.name.Name], v)
			continue
		}
		kind, pointer := metadataKind(v.obj.Type())
		if kind == 0 {
			continue
		}
		metadata[v.name.Name] = v
		if !s.acceptable(v, kind, pointer) {
			s.markPaired(v, paired)
			continue
		}
		if it := s.item(v, kind, paired); it != nil {
			p.Items = append(p.Items, it)
		}
	}
	s.testMetadata(metadata, paired)
	s.unpaired(paired, metadata)
	if len(p.Items) == 0 {
		return nil
	}
	return p
}

// markPaired keeps a handler whose metadata was refused from being reported a second time.
func (s *scanner) markPaired(v *variable, paired map[*function]bool) {
	for _, f := range s.funcs {
		if f.name() == s.meant(v) || v.name.Name == suffix && f.name() == "Handler" {
			paired[f] = true
		}
	}
}

// meant is the longest name of a function that a variable's name begins with, whatever the case.
func (s *scanner) meant(v *variable) string {
	best := ""
	for _, f := range s.funcs {
		n := len(f.name())
		if n > len(best) && len(v.name.Name) >= n && strings.EqualFold(v.name.Name[:n], f.name()) {
			best = f.name()
		}
	}
	return best
}

// acceptable checks the variable itself: its folder, its name, its type and that it has a value.
func (s *scanner) acceptable(v *variable, kind model.ItemKind, pointer bool) bool {
	name := v.name.Name
	switch {
	case s.kind == 0:
		s.diags.Add(s.errorf(v.name, diag.WrongFolder, "%s is outside of src/tools, src/prompts and src/resources, so it is never served", name).
			WithHint("move it and its handler to src/%s", kind.Folder()))
		return false
	case s.kind != kind:
		s.diags.Add(s.errorf(v.name, diag.WrongFolder, "%s is of type xmcp.%s, but src/%s holds %ss", name, kind.MetadataType(), s.kind.Folder(), s.kind).
			WithHint("move it and its handler to src/%s, or make it an xmcp.%s", kind.Folder(), s.kind.MetadataType()))
		return false
	case pointer:
		s.diags.Add(s.errorf(v.name, diag.NotALiteral, "%s is a pointer", name).
			WithHint("write the value: var %s = xmcp.%s{…}", name, kind.MetadataType()))
		return false
	case !strings.HasSuffix(name, suffix):
		hint := "name it after its handler: XMetadata belongs to func X"
		if meant := s.meant(v); meant != "" {
			hint = "name it " + meant + suffix
		}
		s.diags.Add(s.errorf(v.name, diag.NearMiss, "%s is of type xmcp.%s, but its name does not end in Metadata, so it pairs with nothing", name, kind.MetadataType()).
			WithHint("%s", hint))
		return false
	case !token.IsExported(name):
		exported := strings.ToUpper(name[:1]) + name[1:]
		s.diags.Add(s.errorf(v.name, diag.NearMiss, "%s is not exported, so it pairs with nothing", name).
			WithHint("name it %s and its handler %s", exported, handlerName(exported)))
		return false
	case v.value == nil && len(v.spec.Values) > 0:
		s.diags.Add(s.errorf(v.spec.Values[0], diag.NotConstant, "the value of %s comes from a call: metadata is read without running code", name).
			WithHint("write a literal: var %s = xmcp.%s{…}", name, kind.MetadataType()))
		return false
	case v.value == nil:
		s.diags.Add(s.errorf(v.name, diag.NotALiteral, "%s has no value", name).
			WithHint("write it: var %s = xmcp.%s{}", name, kind.MetadataType()))
		return false
	}
	return true
}

// item makes the item of a metadata variable; nil when it pairs with nothing that can be served.
func (s *scanner) item(v *variable, kind model.ItemKind, paired map[*function]bool) *model.Item {
	it := &model.Item{Kind: kind, MetadataVar: v.name.Name, MetadataPos: s.pos(v.name)}
	if c := s.constraint(v.name); c != "" {
		s.diags.Add(constrained(it.MetadataPos, v.name.Name, c))
	}
	s.metadata(v, it)
	want := handlerName(v.name.Name)
	if kind == model.Resource {
		if folder := s.folderVariable(want); folder != nil {
			return s.folderItem(it, v, folder)
		}
	}
	f := s.handler(it, v, want, paired)
	if f == nil {
		return nil
	}
	paired[f] = true
	it.Handler = f.ref()
	it.Pos = s.pos(f.decl.Name)
	if c := s.constraint(f.decl.Name); c != "" && c != s.constraint(v.name) {
		s.diags.Add(constrained(it.Pos, f.String(), c))
	}
	s.name(it)
	s.describe(it, f.decl.Doc, f.name())
	if !s.signature(it, f) {
		return nil
	}
	s.completion(it, v, paired)
	return it
}

// handler chooses the function or method of a name. A helper of the same name on some other type does not get in the way as
// long as only one of them takes a context.
func (s *scanner) handler(it *model.Item, v *variable, want string, paired map[*function]bool) *function {
	var named, usable, shaped []*function
	for _, f := range s.funcs {
		if f.name() != want {
			continue
		}
		named = append(named, f)
		if s.receiverProblem(f) != "" {
			continue
		}
		usable = append(usable, f)
		if takesContext(f.sig) {
			shaped = append(shaped, f)
		}
	}
	if len(shaped) > 0 {
		usable = shaped
	}
	switch {
	case len(usable) == 1:
		return usable[0]
	case len(usable) > 1:
		for _, f := range usable {
			paired[f] = true
		}
		s.ambiguous(v, usable)
	case len(named) > 0:
		for _, f := range named {
			paired[f] = true
			s.diags.Add(s.errorf(f.decl.Name, diag.WrongReceiver, "%s cannot be a %s: %s", f, it.Kind, s.receiverProblem(f)).
				WithRelated(it.MetadataPos, "%s is here", v.name.Name).
				WithHint("make it a function, or a method of an exported struct without type parameters"))
		}
	default:
		s.missing(it, v, want, paired)
	}
	return nil
}

func (s *scanner) ambiguous(v *variable, fs []*function) {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.String()
	}
	if v.name.Name == suffix {
		d := s.errorf(fs[1].decl.Name, diag.TwoHandlers, "a second Handler: Metadata pairs with one Handler in a package")
		for _, f := range append(fs[:1:1], fs[2:]...) {
			d = d.WithRelated(s.pos(f.decl.Name), "another one is here")
		}
		s.diags.Add(d.WithHint("name the pairs: XMetadata and X"))
		return
	}
	d := s.errorf(v.name, diag.Ambiguous, "%s could belong to %s", v.name.Name, strings.Join(names, " or to "))
	for i, f := range fs {
		d = d.WithRelated(s.pos(f.decl.Name), "%s is here", names[i])
	}
	s.diags.Add(d.WithHint("give all but one another name"))
}

// redeclared reports a second variable of one name. The compiler does so too; for Metadata there is more to say.
func (s *scanner) redeclared(first, second *variable) {
	if first == nil || second.name.Name != suffix {
		return
	}
	s.diags.Add(s.errorf(second.name, diag.TwoHandlers, "a second Metadata: a package has one Metadata and Handler pair").
		WithRelated(s.pos(first.name), "the first one is here").
		WithHint("name the pairs: XMetadata and X; or move one to a folder of its own"))
}

// missing reports a metadata variable without a handler, with the nearest thing that was found.
func (s *scanner) missing(it *model.Item, v *variable, want string, paired map[*function]bool) {
	if s.halfParsed() {
		return
	}
	for _, f := range s.funcs {
		if strings.EqualFold(f.name(), want) {
			paired[f] = true
			if token.IsExported(f.name()) {
				s.diags.Add(s.errorf(v.name, diag.NearMiss, "%s and %s differ in their letters' case, so they are no pair", v.name.Name, f).
					WithRelated(s.pos(f.decl.Name), "%s is here", f).WithHint("name it %s", f.name()+suffix))
				return
			}
			s.diags.Add(s.errorf(f.decl.Name, diag.NearMiss, "%s is not exported, so %s has no handler", f, v.name.Name).
				WithRelated(it.MetadataPos, "%s is here", v.name.Name).WithHint("name it %s", want))
			return
		}
	}
	if obj := s.pkg.Types.Scope().Lookup(want); obj != nil {
		if _, isFunc := obj.(*types.Func); !isFunc {
			d := s.errorf(v.name, diag.NoHandler, "%s has no handler: %s is %s, not a function", v.name.Name, want, describeObject(obj))
			if id := s.identOf(obj); id != nil {
				d = d.WithRelated(s.pos(id), "%s is here", want)
			}
			s.diags.Add(d.WithHint("%s", handlerHint(it, want)))
			return
		}
	}
	s.diags.Add(s.errorf(v.name, diag.NoHandler, "%s has no handler: there is no exported function or method %s in package %s", v.name.Name, want, s.pkg.Name).
		WithHint("%s", handlerHint(it, want)))
}

func handlerHint(it *model.Item, name string) string {
	if it.Kind == model.Resource {
		return "write func " + name + "(ctx context.Context) (string, error) or an embed.FS variable " + name + ", or delete the variable"
	}
	return "write func " + name + "(ctx context.Context, in " + inputName(it) + ") (string, error), or delete the variable"
}

// inputName is what the struct of an item's input is usually called.
func inputName(it *model.Item) string { return strings.TrimSuffix(it.MetadataVar, suffix) + "Input" }

func describeObject(obj types.Object) string {
	switch obj.(type) {
	case *types.TypeName:
		return "a type"
	case *types.Const:
		return "a constant"
	case *types.Var:
		return "a variable"
	}
	return "something else"
}

// identOf is the identifier that declares obj in this package.
func (s *scanner) identOf(obj types.Object) *ast.Ident {
	for id, o := range s.pkg.TypesInfo.Defs {
		if o == obj {
			return id
		}
	}
	return nil
}

// halfParsed reports whether the package has files that the parser gave up on, so that what seems to be missing may be there.
func (s *scanner) halfParsed() bool {
	return slices.ContainsFunc(s.loaded.Errors, func(e load.Error) bool { return e.Syntax && e.Package == s.pkg.PkgPath })
}
