package main

import (
	"path"
	"path/filepath"

	"github.com/xmcpgo/xmcpgo/codegen"
)

// appRoot is the folder that holds src: its generated file is always there, and no other is as far up.
func appRoot(result *codegen.Result) string {
	best := ""
	for _, f := range result.Files {
		dir := path.Dir(f.Path)
		if path.Base(dir) == "src" && (best == "" || len(dir) < len(best)) {
			best = dir
		}
	}
	return filepath.Join(result.Root, filepath.FromSlash(path.Dir(best)))
}
