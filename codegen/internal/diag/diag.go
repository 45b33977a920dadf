// Package diag holds the problems that the generator finds in a user's source.
//
// A [Diagnostic] is a value: a code that has a page in the documentation, a severity, a position, a message and, where there
// is one, a hint that says what to do. Nothing is printed while the generator runs: every stage adds to a [List], and whoever
// asked for the run renders it. Codes XG001 to XG099 belong to the source layout and the pair rule, XG100 to XG199 to types,
// struct tags and schemas.
package diag

import (
	"fmt"
	"strings"
)

// Severity says whether a diagnostic stops the generator.
type Severity string

const (
	Error   Severity = "error"   // nothing is written
	Warning Severity = "warning" // shown; the exit code does not change
)

// Pos is a place in a source file. File is slash-separated and relative to the module root where it lies inside of it. Lines
// and columns count from 1, columns in bytes as go/token does. The zero value is no place. An end of zero is unknown;
// otherwise it is exclusive.
type Pos struct {
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

// IsValid reports whether p names a file.
func (p Pos) IsValid() bool { return p.File != "" }

// String is file:line:col, without the parts that are unknown.
func (p Pos) String() string {
	switch {
	case p.File == "":
		return "-"
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// contains reports whether q lies inside of p and is smaller.
func (p Pos) contains(q Pos) bool {
	if p.File != q.File || p == q || p.EndLine == 0 {
		return false
	}
	qEndLine, qEndColumn := q.EndLine, q.EndColumn
	if qEndLine == 0 {
		qEndLine, qEndColumn = q.Line, q.Column
	}
	return !before(q.Line, q.Column, p.Line, p.Column) && !before(p.EndLine, p.EndColumn, qEndLine, qEndColumn)
}

func before(line, col, line2, col2 int) bool {
	return line < line2 || line == line2 && col < col2
}

// Related is a second place that belongs to a diagnostic, such as the other of two equal names.
type Related struct {
	Pos
	Message string `json:"message"`
}

// Diagnostic is one problem.
type Diagnostic struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Pos
	Message string    `json:"message"`        // lower case, one line, without a final period
	Hint    string    `json:"hint,omitempty"` // what to do about it
	Related []Related `json:"related,omitempty"`

	// Key names the problem where the message also says how it was reached: of several diagnostics with the same place, code
	// and key a [List] keeps one. Empty means the message.
	Key string `json:"-"`
}

// Errorf makes an error at pos.
func Errorf(pos Pos, code, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Error, Pos: pos, Message: fmt.Sprintf(format, args...)}
}

// Warningf makes a warning at pos.
func Warningf(pos Pos, code, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Warning, Pos: pos, Message: fmt.Sprintf(format, args...)}
}

// WithHint returns d with a hint.
func (d Diagnostic) WithHint(format string, args ...any) Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// WithRelated returns d with one more related place.
func (d Diagnostic) WithRelated(pos Pos, format string, args ...any) Diagnostic {
	d.Related = append(d.Related[:len(d.Related):len(d.Related)], Related{pos, fmt.Sprintf(format, args...)})
	return d
}

// WithKey returns d with a key.
func (d Diagnostic) WithKey(key string) Diagnostic {
	d.Key = key
	return d
}

// At returns d at pos unless d has a place already: the one who finds a problem knows the place better than a caller who
// passes it on, so the deepest position wins.
func (d Diagnostic) At(pos Pos) Diagnostic {
	if !d.IsValid() {
		d.Pos = pos
	}
	return d
}

// String is the line that editors understand, file:line:col: message (XG012), then the related places and the hint on lines
// of their own, indented by a tab.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", d.Pos)
	if d.Severity == Warning {
		b.WriteString("warning: ")
	}
	fmt.Fprintf(&b, "%s (%s)", d.Message, d.Code)
	for _, r := range d.Related {
		fmt.Fprintf(&b, "\n\t%s: %s", r.Pos, r.Message)
	}
	if d.Hint != "" {
		fmt.Fprintf(&b, "\n\thint: %s", d.Hint)
	}
	return b.String()
}
