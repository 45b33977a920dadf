package scan

import (
	"go/types"
	"path"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
)

// plugins reports whether package src declares func Plugins() []xmcp.Plugin.
func (s *scanner) plugins() bool {
	const hint = "allowed is func Plugins() []xmcp.Plugin"
	for _, v := range s.vars {
		if v.obj != nil && v.name.Name == "Plugins" && isPlugins(v.obj.Type()) {
			s.diags.Add(s.errorf(v.name, diag.WrongPlugins, "Plugins is a variable, so no plugin is added").WithHint(hint))
			return false
		}
	}
	for _, f := range s.funcs {
		if f.recv != "" || f.name() != "Plugins" && !(f.name() == "plugins" && s.returnsPlugins(f.sig)) {
			continue
		}
		switch {
		case hasInvalid(f.sig):
			return true
		case f.name() == "plugins":
			s.diags.Add(s.errorf(f.decl.Name, diag.WrongPlugins, "plugins is not exported, so no plugin is added").WithHint(hint))
			return false
		case !s.returnsPlugins(f.sig):
			s.diags.Add(s.errorf(f.decl.Name, diag.WrongPlugins, "Plugins has another signature: found %s", s.spell(f.sig)).WithHint(hint))
			return false
		}
		if c := s.constraint(f.decl.Name); c != "" {
			s.diags.Add(constrained(s.pos(f.decl.Name), "Plugins", c))
		}
		return true
	}
	for _, f := range s.folder.Files {
		if f.Name == "middleware.go" && !s.halfParsed() {
			s.diags.Add(diag.Warningf(diag.Pos{File: path.Join(s.folder.Dir, f.Name), Line: 1, Column: 1}, diag.WrongPlugins,
				"middleware.go declares no Plugins, so no plugin is added").WithHint("add: func Plugins() []xmcp.Plugin { return nil }"))
		}
	}
	return false
}

func (s *scanner) returnsPlugins(sig *types.Signature) bool {
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && sig.TypeParams().Len() == 0 && isPlugins(sig.Results().At(0).Type())
}

// isPlugins reports whether t is []xmcp.Plugin.
func isPlugins(t types.Type) bool {
	slice, ok := types.Unalias(t).(*types.Slice)
	return ok && isNamed(slice.Elem(), Runtime, "Plugin")
}
