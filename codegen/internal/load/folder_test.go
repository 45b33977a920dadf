package load

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConstraint(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"a.go", "package p\n", ""},
		{"a_linux.go", "package p\n", "the name ends in _linux"},
		{"a_amd64.go", "package p\n", "the name ends in _amd64"},
		{"a_windows_arm64.go", "package p\n", "the name ends in _windows_arm64"},
		{"a_linux_test.go", "package p\n", "the name ends in _linux"},
		{"linux.go", "package p\n", ""},
		{"a_unix.go", "package p\n", ""}, // go help buildconstraint: unix is a tag, not a suffix
		{"a_linux_b.go", "package p\n", ""},
		{"a_amd64_linux.go", "package p\n", "the name ends in _linux"},
		{"a.go", "//go:build linux\n\npackage p\n", "//go:build linux"},
		{"a.go", "// A comment.\n\n//go:build !windows && go1.21\n\npackage p\n", "//go:build !windows && go1.21"},
		{"a.go", "//go:build go1.21 && go1.22\n\npackage p\n", ""},
		{"a.go", "//go:build ignore\n\npackage p\n", "//go:build ignore"},
		{"a.go", "package p\n\n//go:build linux\n", ""},
		{"a.go", "package p\n\nimport \"C\"\n", `import "C"`},
		{"a.go", "//go:build linux\n\npackage p\n\nimport \"C\"\n", "//go:build linux"},
	}
	for _, tt := range tests {
		got := describe(tt.name, "/x/"+tt.name, []byte(tt.content))
		if got.Constraint != tt.want {
			t.Errorf("%s with %q: constraint %q, want %q", tt.name, tt.content, got.Constraint, tt.want)
		}
		if off := tt.want == "//go:build ignore"; got.SwitchedOff() != off {
			t.Errorf("%s with %q: switched off is %v, want %v", tt.name, tt.content, got.SwitchedOff(), off)
		}
	}
}

func TestFolders(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":                  "module m\n",
		"src/app.go":              "package app\n",
		"src/xmcp_gen.go":         Header + "\n\npackage app\n",
		"src/tools/a.go":          "package tools\n",
		"src/tools/a_test.go":     "package tools_test\n",
		"src/tools/_b.go":         "package b\n",
		"src/tools/.c.go":         "package c\n",
		"src/tools/d.txt":         "d\n",
		"src/tools/xmcp_gen.go":   "package mine\n",
		"src/tools/empty/":        "",
		"src/tools/_x/x.go":       "package x\n",
		"src/tools/.y/y.go":       "package y\n",
		"src/tools/testdata/z.go": "package z\n",
		"src/tools/vendor/v.go":   "package v\n",
		"src/tools/other/go.mod":  "module other\n",
		"src/tools/other/o.go":    "package other\n",
		"src/tools/broken/b.go":   "not go\n",
	})
	app, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := folders(app)
	if err != nil {
		t.Fatal(err)
	}
	type folder struct {
		Dir, Path       string
		Files           []string
		Generated, Ours bool
	}
	var got []folder
	for _, f := range list {
		one := folder{Dir: f.Dir, Path: f.ImportPath, Generated: f.Generated != nil}
		one.Ours = one.Generated && f.Generated.Ours
		for _, file := range f.Files {
			one.Files = append(one.Files, file.Name)
		}
		got = append(got, one)
	}
	want := []folder{
		{"src", "m/src", []string{"app.go"}, true, true},
		{"src/tools", "m/src/tools", []string{"a.go", "a_test.go", "xmcp_gen.go"}, true, false},
		{"src/tools/broken", "m/src/tools/broken", []string{"b.go"}, false, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
