package scan

import (
	"go/types"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

const completionSignature = "func(context.Context, xmcp.CompleteRequest) ([]string, error)"

// completion finds the function CompleteX of an item X.
func (s *scanner) completion(it *model.Item, v *variable, paired map[*function]bool) {
	var found []*function
	for _, f := range s.funcs {
		if f.name() == completionName(v.name.Name) && s.receiverProblem(f) == "" {
			found = append(found, f)
			paired[f] = true
		}
	}
	if len(found) == 0 {
		return
	}
	f := found[0]
	refuse := func(format string, args ...any) diag.Diagnostic {
		return s.errorf(f.decl.Name, diag.WrongCompletion, format, args...)
	}
	switch {
	case it.Kind == model.Tool:
		// A tool may well be called CompleteOrder; only a function with the completion's signature is taken for one.
		for _, f := range found {
			paired[f] = isCompletion(f.sig)
		}
		if isCompletion(f.sig) {
			s.diags.Add(refuse("%s completes a tool: MCP completes the arguments of prompts and of resource templates", f).WithHint("delete it"))
		}
	case len(found) > 1:
		s.diags.Add(refuse("%s and %s could both complete %s", f, found[1], it.Handler.Name).
			WithRelated(s.pos(found[1].decl.Name), "%s is here", found[1]).WithHint("keep one"))
	case hasInvalid(f.sig):
	case !isCompletion(f.sig):
		s.diags.Add(refuse("%s cannot complete %s: found %s", f, it.Handler.Name, s.spell(withoutReceiver(f.sig))).
			WithHint("allowed is %s", completionSignature))
	case it.In == nil:
		s.diags.Add(refuse("%s has nothing to complete: %s takes no input", f, it.Handler.Name).WithHint("delete it, or give the handler an input"))
	default:
		it.Complete = f.ref()
		if c := s.constraint(f.decl.Name); c != "" {
			s.diags.Add(constrained(s.pos(f.decl.Name), f.String(), c))
		}
	}
}

// isCompletion reports whether sig is that of xmcp.CompleteFunc.
func isCompletion(sig *types.Signature) bool {
	p, r := sig.Params(), sig.Results()
	if sig.Variadic() || sig.TypeParams().Len() > 0 || p.Len() != 2 || r.Len() != 2 {
		return false
	}
	return takesContext(sig) && isNamed(p.At(1).Type(), Runtime, "CompleteRequest") &&
		types.Identical(r.At(0).Type(), types.NewSlice(types.Typ[types.String])) && isError(r.At(1).Type())
}
