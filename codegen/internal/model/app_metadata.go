package model

import (
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
)

// Metadata is what a metadata variable says, as far as the generator has a use for it.
type Metadata struct {
	Name, Title, Description  string
	URI, MIMEType             string
	InputSchema, OutputSchema string
	Scopes, Permissions       []string
	Audience                  []string
	Priority                  float64
	// Hints by field name: 0 no claim, 1 yes, 2 no.
	Hints map[string]int64
	// Visible is 0 for always, 1 for if permitted.
	Visible int64

	// Positions of the fields that are set, by field name.
	Positions map[string]diag.Pos
}

// Position of a field; of the item's metadata variable when the field is not set.
func (it *Item) Position(field string) diag.Pos {
	if pos, ok := it.Metadata.Positions[field]; ok {
		return pos
	}
	return it.MetadataPos
}

func isTemplate(uri string) bool { return strings.ContainsAny(uri, "{}") }
