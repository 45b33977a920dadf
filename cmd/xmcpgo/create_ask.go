package main

import (
	"path/filepath"
	"slices"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/scaffold"
)

// askFor completes the answers that the command line gives: by questions on a terminal, and else by what is usual.
func askFor(t *terminal.Terminal, o *createOptions) (err error) {
	ask := t.Interactive && !o.yes
	if o.dir == "" {
		if o.dir, err = t.Ask("Folder of the new app?", "my-app"); err != nil {
			return err
		}
	}
	if o.module == "" {
		dir, err := filepath.Abs(o.dir)
		if err != nil {
			return err
		}
		o.module = scaffold.ModulePath(scaffold.AppName(filepath.Base(dir)))
		if ask {
			if o.module, err = t.Ask("Module path?", o.module); err != nil {
				return err
			}
		}
	}
	if err := scaffold.CheckModulePath(o.module); err != nil {
		return err
	}
	templates := scaffold.Templates()
	if o.example == "" {
		o.example = scaffold.Default
		if ask {
			var choices []terminal.Choice
			for _, e := range templates {
				if !e.SignIn || o.signIn == "" {
					choices = append(choices, terminal.Choice{Name: e.Name, Summary: e.Summary})
				}
			}
			if o.example, err = t.Choose("Which example to start from?", choices); err != nil {
				return err
			}
		}
	}
	i := slices.IndexFunc(templates, func(e scaffold.Template) bool { return e.Name == o.example })
	if o.signIn != "" || i >= 0 && templates[i].SignIn {
		return nil
	}
	o.signIn = noSignIn
	if ask {
		choices := []terminal.Choice{{Name: noSignIn, Summary: "anybody who reaches the server may call it"}}
		for _, p := range scaffold.Plugins() {
			choices = append(choices, terminal.Choice{Name: p.Name, Summary: p.Summary})
		}
		o.signIn, err = t.Choose("Who may call it?", choices)
	}
	return err
}
