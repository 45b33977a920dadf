package codegen

import (
	"fmt"
	"strings"
)

// Diff shows what [Result.Commit] would change, as a unified diff that patch reads. It is empty when nothing is stale. With
// color, lines are marked for a terminal.
func (r *Result) Diff(color bool) (string, error) {
	var b strings.Builder
	err := r.changes(func(f File, old []byte) error {
		from, to := "a/"+f.Path, "b/"+f.Path
		if old == nil {
			from = "/dev/null"
		}
		if f.Content == nil {
			to = "/dev/null"
		}
		p := painter{&b, color}
		p.line(bold, "--- "+from)
		p.line(bold, "+++ "+to)
		for _, h := range hunks(edits(lines(old), lines(f.Content)), 3) {
			p.hunk(h)
		}
		return nil
	})
	return b.String(), err
}

const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
	reset = "\x1b[0m"
)

type painter struct {
	b     *strings.Builder
	color bool
}

func (p painter) line(style, text string) {
	if p.color && style != "" {
		text = style + text + reset
	}
	p.b.WriteString(text + "\n")
}

func (p painter) hunk(h hunk) {
	p.line(cyan, fmt.Sprintf("@@ -%s +%s @@", span(h.oldStart, h.olds), span(h.newStart, h.news)))
	for _, e := range h.edits {
		p.line(map[byte]string{'-': red, '+': green}[e.op], string(e.op)+e.text)
	}
}

// span writes the range of a hunk; an empty one is named by the line before it (POSIX diff -u).
func span(start, n int) string {
	if n == 0 {
		start--
	}
	if n == 1 {
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, n)
}

// edit is one line that stays (' '), goes ('-') or comes ('+').
type edit struct {
	op   byte
	text string
}

func lines(content []byte) []string {
	if len(content) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}

// edits is a shortest way from a to b (E. Myers, An O(ND) Difference Algorithm, 1986).
func edits(a, b []string) []edit {
	n, m := len(a), len(b)
	furthest := make([]int, 2*(n+m)+3)
	mid := n + m + 1
	var trace [][]int
	for d := 0; d <= n+m; d++ {
		trace = append(trace, append([]int(nil), furthest...))
		for k := -d; k <= d; k += 2 {
			x := furthest[mid+k-1] + 1
			if k == -d || k != d && furthest[mid+k-1] < furthest[mid+k+1] {
				x = furthest[mid+k+1]
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			furthest[mid+k] = x
			if x >= n && x-k >= m {
				return backtrack(a, b, trace, mid)
			}
		}
	}
	return nil
}

func backtrack(a, b []string, trace [][]int, mid int) []edit {
	var reversed []edit
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0; d-- {
		v, k := trace[d], x-y
		prev := k - 1
		if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
			prev = k + 1
		}
		px := v[mid+prev]
		py := px - prev
		if d == 0 {
			px, py = 0, 0
		}
		for x > px && y > py {
			x, y = x-1, y-1
			reversed = append(reversed, edit{' ', a[x]})
		}
		if d > 0 {
			if prev == k+1 {
				y--
				reversed = append(reversed, edit{'+', b[y]})
			} else {
				x--
				reversed = append(reversed, edit{'-', a[x]})
			}
		}
	}
	out := make([]edit, len(reversed))
	for i, e := range reversed {
		out[len(out)-1-i] = e
	}
	return out
}

// hunk is a run of edits with the unchanged lines around it.
type hunk struct {
	oldStart, newStart, olds, news int
	edits                          []edit
}

func hunks(all []edit, context int) []hunk {
	var list []hunk
	oldLine, newLine := 1, 1
	quiet := context*2 + 1 // unchanged lines since the last change
	for i, e := range all {
		if e.op == ' ' {
			quiet++
		} else {
			if quiet > 2*context || len(list) == 0 {
				back := min(quiet, context, i)
				if len(list) > 0 { // the lines behind the last hunk
					list[len(list)-1].extend(all[i-quiet : i-quiet+context])
				}
				list = append(list, hunk{oldStart: oldLine - back, newStart: newLine - back})
				list[len(list)-1].extend(all[i-back : i])
			} else {
				list[len(list)-1].extend(all[i-quiet : i])
			}
			list[len(list)-1].extend(all[i : i+1])
			quiet = 0
		}
		if e.op != '+' {
			oldLine++
		}
		if e.op != '-' {
			newLine++
		}
	}
	if len(list) > 0 {
		end := len(all) - quiet
		list[len(list)-1].extend(all[end:min(len(all), end+context)])
	}
	return list
}

func (h *hunk) extend(edits []edit) {
	for _, e := range edits {
		if e.op != '+' {
			h.olds++
		}
		if e.op != '-' {
			h.news++
		}
	}
	h.edits = append(h.edits, edits...)
}
