package scan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDescription(t *testing.T) {
	tests := []struct{ name, declared, doc, want string }{
		{"the name goes", "SaveNote", "SaveNote saves a note.\n", "Saves a note."},
		{"of one word too", "Greet", "Greet greets a person.", "Greets a person."},
		{"a sentence that begins with the same word stays", "Search", "Search the web.", "Search the web."},
		{"without a verb it stays", "Profile", "Profile of the user.", "Profile of the user."},
		{"a subject stays with is", "Profile", "Profile is who you are.", "Profile is who you are."},
		{"other names stay", "Save", "SaveNote saves a note.", "SaveNote saves a note."},
		{"a possessive stays", "Greet", "Greet's answer.", "Greet's answer."},
		{"this is no verb", "Read", "Read this first.", "Read this first."},
		{"a verb at the end", "Wait", "Wait waits.", "Waits."},
		{"lines of a paragraph are joined", "Do", "Do does one thing,\nand then another.", "Does one thing, and then another."},
		{"paragraphs stay apart", "Do", "Do does it.\n\nAnd it returns.", "Does it.\n\nAnd it returns."},
		{"deprecation stays", "Do", "Do does it.\n\nDeprecated: use DoMore.", "Does it.\n\nDeprecated: use DoMore."},
		{"lists keep their form", "Do", "Do does:\n  - one\n  - two\n", "Does:\n  - one\n  - two"},
		{"code keeps its lines", "Do", "Do runs\n\n\ta := 1\n\tb := 2\n", "Runs\n\n    a := 1\n    b := 2"},
		{"links lose their brackets", "Do", "Do calls [context.Context] and [More].\n", "Calls context.Context and [More]."},
		{"headings stay", "Do", "Do does it.\n\n# Limits\n\nTen a day.", "Does it.\n\n# Limits\n\nTen a day."},
		{"letters beyond ASCII", "Do", "Do äußerts sich.", "Äußerts sich."},
		{"nothing", "Do", "", ""},
		{"the name alone", "Do", "Do", "Do"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Description(tt.doc, tt.declared)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
