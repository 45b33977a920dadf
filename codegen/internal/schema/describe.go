package schema

import (
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// describe gives a property its description: the tag's, else the field's comment, else what is known of its type.
func (d *deriver) describe(k *keywords, v *node, f jsonField) {
	switch {
	case k.described != nil:
	case k.tag.description != nil && k.tag.description.s != "":
		v.description = k.tag.description.s
	default:
		if text, deprecated := prose(f.field.Doc); text != "" {
			v.description, v.deprecated = text, deprecated
		}
	}
}

// prose joins the lines of a comment's paragraphs, which break where the source did. Lists and indented lines stay as
// they are. It reports whether a paragraph says that the thing is deprecated (go.dev/wiki/Deprecated).
func prose(doc string) (text string, deprecated bool) {
	var b strings.Builder
	verbatim := true
	for line := range strings.Lines(doc) {
		line = strings.TrimRight(line, " \t\r\n")
		trimmed := strings.TrimSpace(line)
		starts := b.Len() == 0 || verbatim
		if strings.HasPrefix(trimmed, "Deprecated: ") && starts {
			deprecated = true
		}
		keep := trimmed == "" || line[0] == ' ' || line[0] == '\t' || isListItem(trimmed)
		switch {
		case b.Len() == 0:
		case keep || verbatim:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		if !keep {
			line = trimmed
		}
		b.WriteString(line)
		verbatim = trimmed == "" || keep && !isListItem(trimmed)
	}
	return strings.TrimSpace(b.String()), deprecated
}

func isListItem(line string) bool {
	if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") {
		return true
	}
	number, rest := digits(line)
	return number != "" && (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") "))
}

// constDoc is a constant's comment on one line, without the constant's name in front.
func constDoc(c model.Const) string {
	doc := strings.Join(strings.Fields(c.Doc), " ")
	if rest, ok := strings.CutPrefix(doc, c.Name+" "); ok {
		doc = rest
		for _, verb := range []string{"is ", "means "} {
			doc = strings.TrimPrefix(doc, verb)
		}
	}
	return strings.TrimSuffix(doc, ".")
}
