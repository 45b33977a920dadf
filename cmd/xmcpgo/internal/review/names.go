package review

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

const (
	maxName         = 64
	nearName        = 50
	longDescription = 1024
	cutDescription  = 2048
)

func (r *reviewer) toolName(name string) {
	if i := strings.IndexFunc(name, func(c rune) bool { return c == '.' || !nameRune(c) }); i >= 0 {
		r.add("name-characters", "", "the name has %q", []rune(name[i:])[0])
	}
	switch n := utf8.RuneCountInString(name); {
	case n > maxName:
		r.add("name-long", "", "the name has %d characters", n)
	case n > nearName:
		r.add("name-near-limit", "", "the name has %d characters", n)
	}
}

func nameRune(c rune) bool {
	return c == '_' || c == '-' || c == '.' || c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c))
}

// confusable looks for names that clients make the same.
func (r *reviewer) confusable(tools []contract.Tool) {
	same := map[string]*contract.Tool{}
	for i := range tools {
		t := &tools[i]
		key := strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToLower(t.Name))
		if other, taken := same[key]; taken && other.Name != t.Name {
			one := &reviewer{item: "tool " + t.Name, position: t.Position}
			one.add("name-confusable", "", "the name is hard to tell from %s", other.Name)
			r.problems = append(r.problems, one.problems...)
			continue
		}
		same[key] = t
	}
}

func (r *reviewer) describes(text string) {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		r.add("description-missing", "description", "is empty")
	case !strings.HasPrefix(r.item, "tool "):
	case n > cutDescription:
		r.add("description-cut", "description", "has %d characters", n)
	case n > longDescription:
		r.add("description-long", "description", "has %d characters", n)
	}
}

// removals are the words of names that say that something is lost.
var removals = []string{
	"delete", "remove", "drop", "erase", "purge", "wipe", "destroy", "truncate", "clear", "reset", "overwrite", "revoke", "uninstall", "kill", "terminate", "discard",
}

// hints compares what the name says with what the annotations say (MCP 2025-11-25, schema, ToolAnnotations).
func (r *reviewer) hints(t *contract.Tool) {
	i := slices.IndexFunc(removals, func(w string) bool { return slices.Contains(nameWords(t.Name), w) })
	if i < 0 {
		return
	}
	a := contract.Annotations{}
	if t.Annotations != nil {
		a = *t.Annotations
	}
	switch {
	case a.ReadOnly != nil && *a.ReadOnly:
		r.add("destructive-denied", "", "its name says %q, and readOnlyHint that it changes nothing", removals[i])
	case a.Destructive != nil && !*a.Destructive:
		r.add("destructive-denied", "", "its name says %q, and destructiveHint that it destroys nothing", removals[i])
	case a.Destructive == nil:
		r.add("destructive-unsaid", "", "its name says %q, and there is no destructiveHint", removals[i])
	}
}

// nameWords are the words of a name in lower case: delete_note, deleteNote and delete-note have the same.
func nameWords(name string) []string {
	var words []string
	start := 0
	for at := 0; at < len(name); {
		c, size := utf8.DecodeRuneInString(name[at:]) // a broken byte is one byte long
		apart := !unicode.IsLetter(c)
		if apart || unicode.IsUpper(c) {
			words = append(words, strings.ToLower(name[start:at]))
			start = at
		}
		at += size
		if apart {
			start = at
		}
	}
	return append(words, strings.ToLower(name[start:]))
}
