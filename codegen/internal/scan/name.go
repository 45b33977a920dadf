package scan

import (
	"strings"
	"unicode"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// name gives the item its final name: what the metadata says, else the snake case of its handler, else of the package.
func (s *scanner) name(it *model.Item) {
	prefix := strings.TrimSuffix(it.MetadataVar, suffix)
	switch {
	case it.Metadata.Name != "":
		it.Name = it.Metadata.Name
	case prefix == "":
		it.Name = SnakeCase(s.pkg.Name)
	default:
		it.Name = SnakeCase(prefix)
	}
}

// mixed are names that are written in mixed case but are one word.
var mixed = [...]string{"OAuth", "OpenAPI", "GraphQL", "GitHub", "GitLab", "YouTube", "LinkedIn", "JavaScript", "TypeScript", "PostgreSQL", "MySQL",
	"SQLite", "MongoDB", "IPv4", "IPv6", "IoT", "iOS", "macOS", "WebSocket", "DevOps"}

// SnakeCase is the rule for names: words begin at an upper-case letter after a lower-case one or a digit, and at the last letter of a
// run of upper-case ones that a lower-case one follows; digits stay with the word before them. Well-known names in mixed case
// are one word, and an initialism keeps its plural s.
func SnakeCase(name string) string {
	runes := []rune(name)
	var words []string
	start := 0
	cut := func(i int) {
		if i > start {
			words = append(words, strings.ToLower(string(runes[start:i])))
		}
		start = i
	}
	for i := 0; i < len(runes); {
		if n := knownWord(runes[i:]); n > 0 && (i == 0 || !unicode.IsLower(runes[i]) || i == start) {
			cut(i)
			for i += n; i < len(runes) && unicode.IsDigit(runes[i]); i++ {
			}
			cut(i)
			continue
		}
		if runes[i] == '_' {
			cut(i)
			start = i + 1
			i++
			continue
		}
		if i > start && unicode.IsUpper(runes[i]) {
			prev := runes[i-1]
			endsRun := unicode.IsUpper(prev) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !pluralAt(runes, i+1)
			if !unicode.IsUpper(prev) || endsRun {
				cut(i)
			}
		}
		i++
	}
	cut(len(runes))
	return strings.Join(words, "_")
}

// pluralAt reports whether the letter at i is the plural s of the initialism before it: URLs, IDsByName.
func pluralAt(runes []rune, i int) bool {
	return runes[i] == 's' && (i+1 == len(runes) || unicode.IsUpper(runes[i+1]) || runes[i+1] == '_')
}

// knownWord is the length of the mixed-case word that runes begin with, unless a lower-case letter goes on after it.
func knownWord(runes []rune) int {
	for _, word := range mixed {
		w := []rune(word)
		if len(runes) < len(w) {
			continue
		}
		// As the first part of an exported name a word begins with a capital: IOSBuild is not iOS, but MacOSBuild is macOS.
		head := string(runes[:len(w)])
		if head != word && head != strings.ToUpper(word[:1])+word[1:] {
			continue
		}
		if len(runes) > len(w) && unicode.IsLower(runes[len(w)]) {
			continue
		}
		return len(w)
	}
	return 0
}
