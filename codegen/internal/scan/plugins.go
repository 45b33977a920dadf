package scan

import (
	"go/types"
	"path"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
)

// plugins reports whether package src declares func Plugins() []xmcp.Plugin.
func (s *scanner) plugins() bool {
	for _, f := range s.funcs {
		if f.recv != "" || f.name() != "Plugins" && !(f.name() == "plugins" && s.returnsPlugins(f.sig)) {
			continue
		}
		const hint = "allowed is func Plugins() []xmcp.Plugin"
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
	if sig.Params().Len() != 0 || sig.Results().Len() != 1 || sig.TypeParams().Len() != 0 {
		return false
	}
	slice, ok := types.Unalias(sig.Results().At(0).Type()).(*types.Slice)
	return ok && isNamed(slice.Elem(), Runtime, "Plugin")
}
