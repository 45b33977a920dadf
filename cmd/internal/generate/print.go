package generate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// WriteDiagnostics prints each diagnostic where editors and terminals find it: the position as the working directory sees it,
// the hint and further places indented below.
func WriteDiagnostics(t *terminal.Terminal, result *codegen.Result) {
	colour := t.ErrColour
	for _, d := range result.Diagnostics {
		severity := ""
		if d.Severity == codegen.SeverityWarning {
			severity = colour.Yellow("warning:") + " "
		}
		fmt.Fprintf(t.Stderr, "%s %s%s %s\n", colour.Bold(position(result.Root, d.File, d.Line, d.Column)), severity, d.Message, colour.Dim("("+d.Code+")"))
		for _, r := range d.Related {
			fmt.Fprintf(t.Stderr, "\t%s %s\n", position(result.Root, r.File, r.Line, r.Column), r.Message)
		}
		for line := range strings.Lines(d.Hint) {
			fmt.Fprintf(t.Stderr, "\t%s\n", strings.TrimRight(line, "\n"))
		}
	}
}

func position(root, file string, line, column int) string {
	switch {
	case file == "":
		return "xmcpgo:"
	case line == 0:
		return Relative(root, file) + ":"
	case column == 0:
		return fmt.Sprintf("%s:%d:", Relative(root, file), line)
	}
	return fmt.Sprintf("%s:%d:%d:", Relative(root, file), line, column)
}

// Relative names a file of the app as the working directory sees it.
func Relative(root, file string) string {
	full := filepath.FromSlash(file)
	if !filepath.IsAbs(full) {
		full = filepath.Join(root, full)
	}
	if cwd, err := os.Getwd(); err == nil {
		// The go command names folders with symbolic links resolved, the shell may not.
		if real, err := filepath.EvalSymlinks(cwd); err == nil {
			cwd = real
		}
		if rel, err := filepath.Rel(cwd, full); err == nil && len(rel) < len(full) {
			return rel
		}
	}
	return full
}
