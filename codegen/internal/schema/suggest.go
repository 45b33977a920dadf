package schema

import (
	"strconv"
	"strings"
)

func quote(s string) string { return strconv.Quote(s) }

// didYouMean proposes the known word that is nearest to a misspelt one, or says otherwise.
func didYouMean(word string, known []string, otherwise string) string {
	if best := nearest(word, known); best != "" {
		return "did you mean " + quote(best) + "?"
	}
	return otherwise
}

// nearest returns the known word within a third of the word's length of edits, or "".
func nearest(word string, known []string) string {
	best, limit := "", max(len(word)/3, 1)+1
	for _, k := range known {
		if len(word) > 64 {
			break
		}
		if n := distance(strings.ToLower(word), strings.ToLower(k)); n < limit {
			best, limit = k, n
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbours between a and b.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
