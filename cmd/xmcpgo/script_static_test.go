package main

import (
	"debug/elf"
	"errors"
	"runtime"

	"github.com/rogpeppe/go-internal/testscript"
)

// static checks that a program needs no library. Elsewhere than on Linux every program needs those of the system.
func static(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: static FILE")
	}
	if runtime.GOOS != "linux" {
		return
	}
	f, err := elf.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	libraries, err := f.ImportedLibraries()
	ts.Check(errors.Join(err, f.Close()))
	if len(libraries) > 0 || f.Section(".interp") != nil {
		ts.Fatalf("%s needs %v", args[0], libraries)
	}
}
