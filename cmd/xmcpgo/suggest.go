package main

import (
	"strings"

	"github.com/xmcpgo/xmcpgo/internal/similar"
)

// didYouMean is the end of a message about an unknown name: the nearest known one, or nothing.
func didYouMean(name string, known []string) string {
	best, bestDistance := "", len(name)/2+1
	for _, k := range known {
		d := bestDistance
		switch {
		case len(name) > 1 && strings.HasPrefix(k, name):
			d = 1
		case max(len(name), len(k)) <= 64: // a server names its tools as it likes
			d = similar.Distance(name, k)
		}
		if d < bestDistance {
			best, bestDistance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
