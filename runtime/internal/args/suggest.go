package args

import (
	"fmt"
	"strings"
)

// suggest returns what to add to a complaint about an unknown name: a known one that may have been meant, or all of them
// when they are few.
func suggest(name string, known []string) string {
	const few = 8
	if len(name) <= maxQuoted {
		best, least := "", min(len(name), 1+max(1, len(name)/3))
		for _, k := range known {
			if len(k) > maxQuoted {
				continue
			}
			d := distance(fold(name), fold(k))
			if d < least {
				best, least = k, d
			}
		}
		if best != "" {
			return fmt.Sprintf(", did you mean %s?", quote(best))
		}
	}
	if len(known) == 0 || len(known) > few {
		return ""
	}
	var words []string
	for _, k := range known {
		words = append(words, quote(k))
	}
	return ", known are " + strings.Join(words, ", ")
}

// fold makes user_name, userName and User-Name equal.
func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that make a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
