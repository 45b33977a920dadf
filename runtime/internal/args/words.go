package args

import (
	"fmt"
	"strings"
)

var kindWords = []struct {
	kind kind
	word string
}{
	{kindString, "a string"},
	{kindNumber, "a number"},
	{kindBool, "a boolean"},
	{kindArray, "an array"},
	{kindObject, "an object"},
	{kindNull, "null"},
}

// wordTypes returns "a string or null" for a set of types.
func wordTypes(types kind, whole bool) string {
	var words []string
	for _, k := range kindWords {
		switch {
		case types&k.kind == 0:
		case k.kind == kindNumber && whole:
			words = append(words, "an integer")
		default:
			words = append(words, k.word)
		}
	}
	return alternatives(words)
}

// alternatives joins words as "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func plural(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case strings.HasSuffix(word, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(word, "y"))
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// got returns what stands at the current position: "a string", "null".
func (p *parser) got() string { return wordTypes(kindOf(p.peek()), false) }

// mismatch reports a value of a wrong type and goes past it.
func (p *parser) mismatch(want string) bool {
	if p.quiet {
		p.fail("")
		return false // one violation is all that matters
	}
	if p.mute() {
		p.fail("")
	} else {
		p.fail("must be " + want + ", got " + p.got())
	}
	return p.skip()
}
