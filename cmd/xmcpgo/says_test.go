package main

import (
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// sayTimeout is longer than a build takes on a busy machine whose build cache is empty.
const sayTimeout = 10 * time.Minute

// says waits until the program in the background writes what matches, behind what the last says has found.
func says(ts *testscript.TestScript, neg bool, args []string) {
	s := state(ts).server
	if neg || len(args) != 1 || s == nil {
		ts.Fatalf("usage: says REGEXP, after start")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for deadline := time.Now().Add(sayTimeout); ; time.Sleep(10 * time.Millisecond) {
		over, err := s.over()
		text := s.output.String() // all of it when it is over
		if loc := pattern.FindStringIndex(text[s.said:]); loc != nil {
			s.said += loc[1]
			return
		}
		if over {
			ts.Fatalf("%v ended: %v\n%s", s.cmd.Args, err, text)
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%v does not say %s behind\n%s\nbut\n%s", s.cmd.Args, pattern, text[:s.said], text[s.said:])
		}
	}
}
