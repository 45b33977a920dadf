package diag

import (
	"cmp"
	"slices"
	"strings"
)

// List collects diagnostics. The zero value is empty and ready. It is not safe for concurrent use.
type List struct {
	all []Diagnostic
}

// Add adds diagnostics in any order.
func (l *List) Add(ds ...Diagnostic) { l.all = append(l.all, ds...) }

// HasErrors reports whether any of the diagnostics is an error.
func (l *List) HasErrors() bool {
	return slices.ContainsFunc(l.all, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the diagnostics by position, each once. Of two with the same code and key of which one lies inside of the
// other, the inner one stays: it is the better place to look at.
func (l *List) Sorted() []Diagnostic {
	all := slices.Clone(l.all)
	slices.SortStableFunc(all, compare)
	out := all[:0]
	seen := map[string][]int{} // code and message → indices in out
	for _, d := range all {
		key := string(d.Severity) + "\x00" + d.Code + "\x00" + cmp.Or(d.Key, d.Message)
		if slices.ContainsFunc(seen[key], func(i int) bool { return out[i].Pos == d.Pos }) {
			continue
		}
		// An outer place sorts before what it contains, so it is replaced where it stands.
		outer := slices.IndexFunc(seen[key], func(i int) bool { return out[i].contains(d.Pos) })
		if outer >= 0 {
			out[seen[key][outer]] = d
			continue
		}
		seen[key] = append(seen[key], len(out))
		out = append(out, d)
	}
	slices.SortStableFunc(out, compare)
	return slices.Clip(out)
}

// compare orders by file and place, then by content so that the order never depends on who came first.
func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		// The wider one first, an unknown end being the narrowest.
		-cmp.Compare(a.EndLine, b.EndLine),
		-cmp.Compare(a.EndColumn, b.EndColumn),
		cmp.Compare(a.Code, b.Code),
		strings.Compare(a.Message, b.Message),
	)
}
