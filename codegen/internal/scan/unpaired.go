package scan

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// unpaired looks at what is left when all pairs are found: functions that look like a handler, and completions that complete
// nothing.
func (s *scanner) unpaired(paired map[*function]bool, metadata map[string]*variable) {
	if s.kind == 0 {
		return
	}
	for _, f := range s.funcs {
		if paired[f] || !token.IsExported(f.name()) || s.receiverProblem(f) != "" || hasInvalid(f.sig) {
			continue
		}
		if isCompletion(f.sig) && strings.HasPrefix(f.name(), "Complete") {
			s.uselessCompletion(f)
			continue
		}
		if s.constraint(f.decl.Name) == "" && s.handlerShaped(f) && !s.constructs(f) {
			s.withoutMetadata(f, metadata)
		}
	}
}

// handlerShaped reports whether the function could be an item of this folder as it is.
func (s *scanner) handlerShaped(f *function) bool {
	sh, problem := shapeOf(f.sig, s.kind)
	if problem != "" || sh.in != nil && !isStruct(sh.in) {
		return false
	}
	if s.kind != model.Prompt {
		return true
	}
	p, pointer := types.Unalias(sh.out).(*types.Pointer)
	return types.Identical(sh.out, types.Typ[types.String]) || s.isMessages(sh.out) || pointer && isNamed(p.Elem(), Runtime, "PromptResult")
}

// constructs reports whether the function makes a value with methods that take a context: a dependency, or something like one.
func (s *scanner) constructs(f *function) bool {
	if f.recv != "" || f.sig.Results().Len() != 2 {
		return false
	}
	t := types.Unalias(f.sig.Results().At(0).Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return false
	}
	for method := range named.Methods() {
		if takesContext(method.Signature()) {
			return true
		}
	}
	return false
}

func (s *scanner) withoutMetadata(f *function, metadata map[string]*variable) {
	name := f.name() + suffix
	if f.name() == "Handler" {
		name = suffix
	}
	if metadata[name] != nil {
		return
	}
	fields := ""
	if s.kind == model.Resource {
		fields = `URI: "app://` + SnakeCase(f.name()) + `"`
	}
	obj, _ := s.pkg.Types.Scope().Lookup(name).(*types.Var)
	if obj != nil && invalid(obj.Type()) {
		return // it may well be metadata, were it not for the compiler's error
	}
	d := diag.Warningf(s.pos(f.decl.Name), diag.NoMetadata, "%s has the signature of a %s but no metadata, so it is not served", f, s.kind)
	if obj != nil {
		d = d.WithRelated(s.pos(s.identOf(obj)), "%s is of type %s, not xmcp.%s", name, s.spell(obj.Type()), s.kind.MetadataType())
	}
	s.diags.Add(d.WithHint("add: var %s = xmcp.%s{%s}", name, s.kind.MetadataType(), fields))
}

func (s *scanner) uselessCompletion(f *function) {
	item := strings.TrimPrefix(f.name(), "Complete")
	if item == "" {
		item = "Handler"
	}
	s.diags.Add(s.errorf(f.decl.Name, diag.WrongCompletion, "%s completes nothing: there is no %s %s in package %s", f, s.kind, item, s.pkg.Name).
		WithHint("a completion is named after its handler: CompleteX belongs to X"))
}
