package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// freePort sets a variable to a port of loopback that nobody listens on. It is below those that systems give to whoever wants any port,
// so that it stays free until the script uses it.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	for range 100 {
		port := strconv.Itoa(10_000 + rand.IntN(20_000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil {
			ts.Check(l.Close())
			ts.Setenv(args[0], port)
			return
		}
	}
	ts.Fatalf("no port is free")
}

// fillIn sets variables in a .env file as a person does: in the line that is there for it, which may be a comment, or else at the
// end.
func fillIn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fillin FILE NAME=VALUE...")
	}
	file := ts.MkAbs(args[0])
	content, err := os.ReadFile(file)
	if !errors.Is(err, fs.ErrNotExist) {
		ts.Check(err)
	}
	text := string(content)
	for _, line := range args[1:] {
		name, _, _ := strings.Cut(line, "=")
		there := regexp.MustCompile(`(?m)^#?` + regexp.QuoteMeta(name) + `=.*$`).FindStringIndex(text)
		if there == nil {
			text += line + "\n"
			continue
		}
		text = text[:there[0]] + line + text[there[1]:]
	}
	ts.Check(os.WriteFile(file, []byte(text), 0o600))
}
