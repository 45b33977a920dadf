package main

import "testing"

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"create", "create", 0},
		{"craete", "create", 1}, // swapped
		{"creat", "create", 1},  // left out
		{"creatte", "create", 1},
		{"crxate", "create", 1},
		{"version", "generate", 7},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"help", "create", "generate", "version"}
	for name, want := range map[string]string{
		"craete":  "; did you mean create?",
		"gen":     "; did you mean generate?",
		"vrsion":  "; did you mean version?",
		"x":       "",
		"publish": "",
		"":        "",
	} {
		if got := didYouMean(name, known); got != want {
			t.Errorf("didYouMean(%q) = %q, want %q", name, got, want)
		}
	}
}
