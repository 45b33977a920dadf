package scan

import "github.com/xmcpgo/xmcpgo/codegen/internal/model"

// folderVariable is the embed.FS variable of a name.
func (s *scanner) folderVariable(name string) *variable {
	for _, v := range s.vars {
		if v.name.Name == name && v.obj != nil && isNamed(v.obj.Type(), "embed", "FS") {
			return v
		}
	}
	return nil
}

// folderItem makes a resource of an embed.FS variable, which is its own handler.
func (s *scanner) folderItem(it *model.Item, v, files *variable) *model.Item {
	it.FS = true
	it.Handler = model.Ref{Name: files.name.Name}
	it.Pos = s.pos(files.name)
	if c := s.constraint(files.name); c != "" && c != s.constraint(v.name) {
		s.diags.Add(constrained(it.Pos, files.name.Name, c))
	}
	s.name(it)
	doc := files.doc
	if doc.Text() == "" {
		doc = files.spec.Doc
	}
	s.describe(it, doc, files.name.Name)
	return it
}
