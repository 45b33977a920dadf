package diag

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func at(file string, line, col int) Pos { return Pos{File: file, Line: line, Column: col} }

func span(line, col, endLine, endCol int) Pos {
	return Pos{File: "a.go", Line: line, Column: col, EndLine: endLine, EndColumn: endCol}
}

func TestStringNamesPlaceCodeAndHint(t *testing.T) {
	d := Errorf(at("src/a.go", 3, 7), "XG101", "unknown keyword %q", "minLenght").
		WithHint("did you mean %q?", "minLength").
		WithRelated(at("src/b.go", 1, 2), "declared here")
	want := "src/a.go:3:7: unknown keyword \"minLenght\" (XG101)\n\tsrc/b.go:1:2: declared here\n\thint: did you mean \"minLength\"?"
	if diff := cmp.Diff(want, d.String()); diff != "" {
		t.Error(diff)
	}
	if got, want := Warningf(Pos{}, "XG102", "odd").String(), "-: warning: odd (XG102)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for want, p := range map[string]Pos{"a.go": {File: "a.go"}, "a.go:4": {File: "a.go", Line: 4}} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAtKeepsTheDeepestPosition(t *testing.T) {
	inner := at("a.go", 9, 9)
	if got := Errorf(inner, "XG101", "x").At(at("a.go", 1, 1)).Pos; got != inner {
		t.Errorf("got %v, want %v", got, inner)
	}
	if got := Errorf(Pos{}, "XG101", "x").At(inner).Pos; got != inner {
		t.Errorf("got %v, want %v", got, inner)
	}
}

func TestSortedOrdersAndDropsDoubles(t *testing.T) {
	var l List
	l.Add(
		Errorf(at("b.go", 1, 1), "XG101", "last"),
		Errorf(at("a.go", 2, 5), "XG102", "second"),
		Errorf(at("a.go", 2, 5), "XG101", "first of the same place"),
		Errorf(at("a.go", 2, 5), "XG102", "second"),
		Warningf(at("a.go", 2, 5), "XG102", "second"),
	)
	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.String())
	}
	want := []string{
		"a.go:2:5: first of the same place (XG101)",
		"a.go:2:5: second (XG102)",
		"a.go:2:5: warning: second (XG102)",
		"b.go:1:1: last (XG101)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !l.HasErrors() {
		t.Error("there is no error among them")
	}
}

func TestSortedKeepsTheInnerOfTwo(t *testing.T) {
	tests := []struct {
		name string
		in   []Pos
		want []Pos
	}{
		{"nested", []Pos{span(1, 1, 9, 1), span(3, 2, 3, 8)}, []Pos{span(3, 2, 3, 8)}},
		{"three levels", []Pos{span(3, 2, 3, 8), span(1, 1, 9, 1), span(2, 1, 8, 1)}, []Pos{span(3, 2, 3, 8)}},
		{"a point inside", []Pos{span(1, 1, 9, 1), at("a.go", 4, 4)}, []Pos{at("a.go", 4, 4)}},
		{"side by side", []Pos{span(1, 1, 2, 1), span(3, 1, 4, 1)}, []Pos{span(1, 1, 2, 1), span(3, 1, 4, 1)}},
		{"same start", []Pos{span(1, 1, 1, 3), span(1, 1, 1, 9)}, []Pos{span(1, 1, 1, 3)}},
		{"unknown end contains nothing", []Pos{at("a.go", 1, 1), at("a.go", 2, 1)}, []Pos{at("a.go", 1, 1), at("a.go", 2, 1)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var l List
			for _, p := range tt.in {
				l.Add(Errorf(p, "XG101", "same"))
			}
			var got []Pos
			for _, d := range l.Sorted() {
				got = append(got, d.Pos)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHasErrorsIgnoresWarnings(t *testing.T) {
	var l List
	if l.HasErrors() || len(l.Sorted()) != 0 {
		t.Error("the zero list is not empty")
	}
	l.Add(Warningf(at("a.go", 1, 1), "XG101", "w"))
	if l.HasErrors() {
		t.Error("a warning counts as an error")
	}
}

func TestSortedKeepsOneOfAKey(t *testing.T) {
	var l List
	l.Add(
		Errorf(at("a.go", 1, 1), "XG120", "unsupported type Out.Done: chan int").WithKey("chan int"),
		Errorf(at("a.go", 1, 1), "XG120", "unsupported type In.Done: chan int").WithKey("chan int"),
		Errorf(at("a.go", 2, 1), "XG120", "unsupported type In.Other: chan int").WithKey("chan int"),
	)
	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.Message)
	}
	want := []string{"unsupported type In.Done: chan int", "unsupported type In.Other: chan int"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
