package args

import (
	"fmt"
	"strings"

	"github.com/xmcpgo/xmcpgo/internal/similar"
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
			d := similar.Distance(fold(name), fold(k))
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
