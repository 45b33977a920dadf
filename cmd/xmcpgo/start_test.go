package main

import (
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// start runs a program in the background until its output matches, and sets $URL to the last group. The command shutdown ends
// it.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start REGEXP PROGRAM [ARG...]")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	s := &server{output: &watchedOutput{url: make(chan string, 1)}, done: make(chan error, 1)}
	s.cmd = state(ts).command(ts, args[1:])
	newGroup(s.cmd)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	ts.Check(s.cmd.Start())
	go func() { s.done <- s.cmd.Wait() }()
	state(ts).server = s
	ts.Defer(func() { s.kill() })
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(20 * time.Millisecond) {
		over, err := s.over()
		if m := pattern.FindStringSubmatch(s.output.String()); m != nil {
			ts.Setenv("URL", m[len(m)-1])
			return
		}
		if over {
			ts.Fatalf("%v ended: %v\n%s", args[1:], err, s.output)
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%v does not say %s\n%s", args[1:], pattern, s.output)
		}
	}
}
