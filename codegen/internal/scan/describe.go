package scan

import (
	"go/ast"
	"go/doc/comment"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// describe gives the item its final description: what the metadata says, else the doc comment.
func (s *scanner) describe(it *model.Item, doc *ast.CommentGroup, declared string) {
	it.Description = it.Metadata.Description
	if it.Description == "" {
		it.Description = Description(doc.Text(), declared)
	}
}

// Description turns the doc comment of a declaration into a description: directives are gone already, the leading name is
// removed where a verb follows it, lines of a paragraph are joined, links lose their brackets, and lists and code keep their
// form.
func Description(doc, declared string) string {
	var p comment.Parser
	printer := comment.Printer{TextWidth: -1, TextCodePrefix: "    "}
	text := strings.TrimSpace(string(printer.Text(p.Parse(doc))))
	return withoutName(text, declared)
}

// withoutName removes the name that a doc comment begins with ("SaveNote saves a note." becomes "Saves a note."). It stays
// where no verb in the third person follows: "Search the web." is a sentence already, and "Docs are …" would lose its
// subject.
func withoutName(text, declared string) string {
	rest, ok := strings.CutPrefix(text, declared+" ")
	if !ok {
		return text
	}
	verb, _, _ := strings.Cut(rest, " ")
	verb = strings.TrimRight(verb, ".,;:!?\n")
	first, size := utf8.DecodeRuneInString(verb)
	if !unicode.IsLower(first) || !strings.HasSuffix(verb, "s") || notVerbs[verb] {
		return text
	}
	return string(unicode.ToUpper(first)) + rest[size:]
}

// notVerbs end in s without being a verb that can begin a description.
var notVerbs = map[string]bool{"is": true, "was": true, "has": true, "this": true, "its": true, "his": true, "as": true, "us": true, "always": true,
	"ones": true, "less": true, "across": true, "various": true, "previous": true, "yes": true}
