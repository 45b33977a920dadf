package args

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Violation is one reason why the arguments were refused.
type Violation struct {
	// Path is a JSONPath (RFC 9535) such as $.items[3].name; $ is the whole.
	Path string
	// Message completes a sentence that begins with the path: "must be a string, got a number".
	Message string
}

// String returns the path and the message.
func (v Violation) String() string { return v.Path + " " + v.Message }

// What a caller sent is quoted up to these lengths, in bytes.
const (
	maxQuoted = 64
	maxPath   = 256
	maxCause  = 200
)

// fail reports a violation at the current path.
func (p *parser) fail(message string) {
	p.failures++
	if p.quiet {
		p.bad = true
		return
	}
	if len(p.violations) >= p.maxViolations {
		return
	}
	v := Violation{renderPath(p.path), message}
	if slices.Contains(p.violations, v) {
		// Alternatives of a schema may find the same twice.
		p.failures--
		return
	}
	p.violations = append(p.violations, v)
}

// mute reports whether the words of a violation would be lost. Finding them can cost more than finding the violation.
func (p *parser) mute() bool { return p.quiet || len(p.violations) >= p.maxViolations }

func (p *parser) failf(format string, a ...any) {
	if p.mute() {
		p.fail("")
		return
	}
	p.fail(fmt.Sprintf(format, a...))
}

// maxRepeats is how many repeated names are looked at. Nobody sends that many by mistake.
const maxRepeats = 100

// repeated reports a name that its object has already and goes past its value.
func (p *parser) repeated(name []byte) bool {
	if p.repeats++; p.repeats > maxRepeats {
		return p.halt("repeats property names too often")
	}
	p.failRepeated(name)
	return p.skip()
}

func (p *parser) failRepeated(name []byte) {
	if p.mute() {
		p.fail("")
		return
	}
	p.fail("has the property " + quote(string(name)) + " more than once")
}

// halt ends the pass: what follows can't be understood or is not worth the work.
func (p *parser) halt(message string) bool {
	if p.stop == "" {
		p.stop = message
	}
	return false
}

// report returns the violations of the finished pass.
func (p *parser) report() []Violation {
	if p.stop != "" {
		return []Violation{{"$", p.stop}}
	}
	if more := p.failures - len(p.violations); more > 0 {
		p.violations = append(p.violations, Violation{"$", fmt.Sprintf("and %s", plural(more, "more problem"))})
	}
	return p.violations
}

func renderPath(path []segment) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, s := range path {
		if b.Len() > maxPath {
			b.WriteString("…")
			break
		}
		name := s.name
		if s.raw != nil {
			name = string(s.raw[:min(len(s.raw), maxQuoted+1)])
		}
		switch {
		case s.index >= 0:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		case isIdentifier(name):
			b.WriteByte('.')
			b.WriteString(excerpt(name, maxQuoted))
		default:
			b.WriteByte('[')
			b.WriteString(quote(name))
			b.WriteByte(']')
		}
	}
	return b.String()
}

// isIdentifier reports whether a name can stand behind a dot.
func isIdentifier(name string) bool {
	for i, c := range name {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && c < utf8.RuneSelf && (i == 0 || c < '0' || c > '9') {
			return false
		}
		if c == utf8.RuneError || c >= utf8.RuneSelf && !strconv.IsPrint(c) {
			return false
		}
	}
	return name != ""
}

// excerpt cuts a text to at most n bytes plus an ellipsis.
func excerpt(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// quote returns a bounded text in double quotes, with everything escaped that could be mistaken for our own words.
func quote(s string) string { return strconv.Quote(excerpt(s, maxQuoted)) }
