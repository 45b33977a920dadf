package schema

import (
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/internal/similar"
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
		if n := similar.Distance(strings.ToLower(word), strings.ToLower(k)); n < limit {
			best, limit = k, n
		}
	}
	return best
}
