package devloop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Sources are what a build is made of, as far as it can be edited: the main module, those of a workspace, and modules that are
// replaced by a folder.
type Sources struct {
	// Dirs are the folders of packages, and Modules those of their modules. Embedded are folders and files below which something is
	// embedded. All are absolute.
	Dirs, Modules, Embedded []string

	packages map[string]bool
}

// Has tells whether a package is in the build.
func (s *Sources) Has(importPath string) bool { return s.packages[importPath] }

// List asks the go command what the app's build is made of. Source that is broken is listed as far as it goes.
func (a *App) List(ctx context.Context) (*Sources, error) {
	var stdout, stderr bytes.Buffer
	err := a.goCommand(ctx, &stdout, &stderr, "list", "-e", "-deps", "-json=ImportPath,Dir,Standard,Module,EmbedPatterns", ".")
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("go list: %w\n%s", err, strings.TrimSpace(stderr.String()))
	}
	s := &Sources{packages: map[string]bool{}}
	for dec := json.NewDecoder(&stdout); ; {
		var p listed
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			for _, list := range []*[]string{&s.Dirs, &s.Modules, &s.Embedded} {
				slices.Sort(*list)
				*list = slices.Compact(*list)
			}
			return s, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		}
		s.packages[p.ImportPath] = true
		if p.Dir == "" || !p.editable() {
			continue
		}
		s.Dirs = append(s.Dirs, p.Dir)
		s.Modules = append(s.Modules, p.Module.Dir)
		for _, pattern := range p.EmbedPatterns {
			s.Embedded = append(s.Embedded, filepath.Join(p.Dir, embedRoot(pattern)))
		}
	}
}

// listed is a package as go list prints it.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	EmbedPatterns   []string
	Module          *struct {
		Dir     string
		Main    bool
		Replace *struct{ Version string }
	}
}

func (p *listed) editable() bool {
	m := p.Module
	return !p.Standard && m != nil && m.Dir != "" && (m.Main || m.Replace != nil && m.Replace.Version == "")
}

// embedRoot is the part of a pattern in front of the first wildcard (package embed, path.Match).
func embedRoot(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "all:")
	if at := strings.IndexAny(pattern, `*?[\`); at >= 0 {
		pattern = pattern[:strings.LastIndex(pattern[:at], "/")+1]
	}
	return filepath.FromSlash(pattern)
}
