package load

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// TroubleError says why nothing could be loaded at all. It has no position in a file.
type TroubleError struct {
	Code, Message, Hint string
	Err                 error
}

func (e *TroubleError) Error() string { return e.Message + " (" + e.Code + ")" }
func (e *TroubleError) Unwrap() error { return e.Err }

// Error is one reason why a package does not compile.
type Error struct {
	File         string // absolute
	Line, Column int
	Message      string
	// Package is the import path of the package with the error.
	Package string
	// Syntax marks a file that the parser gave up on.
	Syntax bool
	// Related are the other places of it, such as the first of two declarations.
	Related []Error
}

// ourNames are declared by generated files. Those are hidden, so a user's own use of them is no mistake.
var ourNames = regexp.MustCompile(`^undefined: (\w+\.)?(Registry|RegisterXMCP)$`)

// compileErrors collects the errors of the packages and of what they import, sorted by position. The same mistake is often
// reported by the go command, by the compiler, by the parser and by the type checker: the one with the best position stays.
func compileErrors(app App, roots []*packages.Package) []Error {
	c := collector{root: app.Root, seen: map[string]bool{}}
	packages.Visit(roots, nil, func(p *packages.Package) {
		if app.InModule(p.PkgPath) || len(p.Errors) == 0 || p.Module == nil {
			c.add(p)
			return
		}
		// Somebody else's package: one line for all of it.
		c.put(Error{Package: p.PkgPath, Message: "package " + p.PkgPath + " does not compile: " + reason(p.Errors)})
	})
	sort.SliceStable(c.list, func(i, j int) bool {
		a, b := c.list[i], c.list[j]
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) < 0
	})
	return c.list
}

// reason is the first error of the type checker, or else what the go command or the compiler says.
func reason(errs []packages.Error) string {
	for _, e := range errs {
		if !strings.HasPrefix(e.Msg, "# ") {
			return tidyMessage(e.Msg)
		}
	}
	for line := range strings.Lines(errs[0].Msg) {
		if m := compilerLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			return m[2]
		}
	}
	return tidyMessage(errs[0].Msg)
}

type collector struct {
	root string
	seen map[string]bool
	list []Error
}

func (c *collector) add(p *packages.Package) {
	before := len(c.list)
	var second []Error // what is only worth saying when nothing better is known
	for _, e := range p.Errors {
		if ourNames.MatchString(e.Msg) || strings.HasPrefix(e.Msg, "could not import ") && importFails(p, e.Msg) {
			continue
		}
		if output, ok := strings.CutPrefix(e.Msg, "# "); ok {
			second = append(second, c.compilerOutput(p, output)...)
			continue
		}
		err := Error{Message: tidyMessage(e.Msg), Package: p.PkgPath, Syntax: e.Kind == packages.ParseError}
		err.File, err.Line, err.Column = c.position(e.Pos)
		if strings.HasPrefix(e.Msg, "\t") && len(c.list) > before { // the type checker goes on with the error before
			last := &c.list[len(c.list)-1]
			last.Related = append(last.Related, err)
			continue
		}
		if strings.HasPrefix(e.Msg, "build constraints exclude all Go files") {
			continue // what is wrong with that, if anything, is said by who looks for items in those files
		}
		if err.File == "" {
			if len(p.GoFiles) > 0 { // about the package as a whole
				err.File, err.Line, err.Column = p.GoFiles[0], 1, 1
			}
			second = append(second, err)
			continue
		}
		c.put(err)
	}
	// As the compiler does: what the type checker makes of a file that ends too early, or of those beside it, misleads.
	if isSyntax := func(e Error) bool { return e.Syntax }; slices.ContainsFunc(c.list[before:], isSyntax) {
		c.list = append(c.list[:before], slices.DeleteFunc(c.list[before:], func(e Error) bool { return !e.Syntax })...)
	}
	if len(c.list) == before {
		for _, err := range second {
			c.put(err)
		}
	}
}

func (c *collector) put(e Error) {
	key := fmt.Sprintf("%s:%d:%d:%s:%s", e.File, e.Line, e.Column, e.Package, e.Message)
	if !c.seen[key] {
		c.seen[key] = true
		c.list = append(c.list, e)
	}
}

// compilerOutput reads the lines "file:line:col: message" that the compiler wrote for a package that only it has looked at:
// of a dependency the type checker reads no function bodies.
func (c *collector) compilerOutput(p *packages.Package, output string) []Error {
	var list []Error
	for line := range strings.Lines(output) {
		m := compilerLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || ourNames.MatchString(m[2]) {
			continue
		}
		err := Error{Message: m[2], Package: p.PkgPath}
		err.File, err.Line, err.Column = c.position(m[1])
		list = append(list, err)
	}
	return list
}

var compilerLine = regexp.MustCompile(`^(\S+\.go:\d+:\d+): (.*)$`)

var couldNotImport = regexp.MustCompile(`^could not import (\S+)`)

// importFails reports whether the package that could not be imported has an error of its own, which says more.
func importFails(p *packages.Package, msg string) bool {
	m := couldNotImport.FindStringSubmatch(msg)
	if m == nil {
		return false
	}
	imp := p.Imports[m[1]]
	return imp == nil || len(imp.Errors) > 0 || imp.Types == nil
}

// position reads the "file:line:col" of a [packages.Error]. The go command writes files relative to where it ran.
func (c *collector) position(pos string) (file string, line, column int) {
	file, line, column = splitPosition(pos)
	if file != "" && !filepath.IsAbs(file) {
		file = filepath.Join(c.root, file)
	}
	return file, line, column
}

func splitPosition(pos string) (file string, line, column int) {
	if pos == "" || pos == "-" {
		return "", 0, 0
	}
	var numbers []int
	for range 2 {
		i := strings.LastIndexByte(pos, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(pos[i+1:])
		if err != nil {
			break
		}
		numbers = append([]int{n}, numbers...)
		pos = pos[:i]
	}
	switch len(numbers) {
	case 2:
		return pos, numbers[0], numbers[1]
	case 1:
		return pos, numbers[0], 1
	}
	return pos, 1, 1
}

// tidyMessage puts the go command's advice, which it gives on lines of its own, into the same line.
func tidyMessage(msg string) string {
	var text []string
	for line := range strings.Lines(msg) {
		if !strings.HasPrefix(line, "go: downloading ") { // what it has done on the way
			text = append(text, strings.Fields(line)...)
		}
	}
	return strings.Join(text, " ")
}
