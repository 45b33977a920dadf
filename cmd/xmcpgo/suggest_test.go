package main

import (
	"strings"
	"testing"
)

func TestDidYouMean(t *testing.T) {
	long := strings.Repeat("x", 80)
	known := []string{"help", "create", "generate", "version", long}
	for name, want := range map[string]string{
		"craete":   "; did you mean create?",
		"gen":      "; did you mean generate?",
		"vrsion":   "; did you mean version?",
		"x":        "",
		"publish":  "",
		"":         "",
		long[1:]:   "; did you mean " + long + "?",
		"y" + long: "",
	} {
		if got := didYouMean(name, known); got != want {
			t.Errorf("didYouMean(%q) = %q, want %q", name, got, want)
		}
	}
}
