package clients

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const maxName = 64

func nameRune(r rune) bool {
	return r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// ErrSecret says that something looks like a secret, which does not belong into a client's configuration.
var ErrSecret = errors.New("that looks like a secret, and a client's configuration is no place for one: clients sign in by themselves")

// Validate checks that the server can be written down: a name, and a URL or a program that hold no secret. Errors name the part and never
// repeat what may be secret.
func (s *Server) Validate() error {
	if s.Name == "" || len(s.Name) > maxName || strings.ContainsFunc(s.Name, func(r rune) bool { return !nameRune(r) }) {
		return fmt.Errorf("the name %q has to be 1 to %d letters, digits, \"_\" and \"-\"", s.Name, maxName)
	}
	if len(s.Program) > 0 {
		return validProgram(s.Program)
	}
	return validURL(s.URL)
}

func validURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil: // whose message repeats the text
		return errors.New("the URL cannot be read")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("the URL has to begin with https:// or http:// and a host")
	case u.User != nil:
		return fmt.Errorf("the URL has a user or password in it: %w", ErrSecret)
	case u.Fragment != "":
		return errors.New("the URL has a fragment, which no server gets to see")
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return errors.New("the URL has spaces or control characters")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("the query of the URL cannot be read")
	}
	for name, values := range query {
		for _, v := range values {
			if secretName(name) || secretValue(v) {
				return fmt.Errorf("the query parameter %q: %w", name, ErrSecret)
			}
		}
	}
	for i, segment := range strings.Split(u.Path, "/") {
		if secretValue(segment) {
			return fmt.Errorf("part %d of the path: %w", i, ErrSecret)
		}
	}
	return nil
}

func validProgram(program []string) error {
	for i, arg := range program {
		if strings.ContainsFunc(arg, unicode.IsControl) {
			return fmt.Errorf("argument %d has control characters", i)
		}
		if i == 0 && arg == "" {
			return errors.New("the program has no name")
		}
		name, value, assigned := strings.Cut(arg, "=")
		option := strings.HasPrefix(name, "-") || assigned
		follows := strings.HasPrefix(name, "-") && !assigned && i+1 < len(program) && !strings.HasPrefix(program[i+1], "-")
		switch {
		case option && secretName(name) && (value != "" || follows), secretValue(value), secretValue(arg), bearer.MatchString(arg):
			return fmt.Errorf("argument %d: %w", i, ErrSecret)
		}
		if u, err := url.Parse(arg); err == nil && u.Scheme != "" && u.Host != "" {
			if _, hasPassword := u.User.Password(); hasPassword {
				return fmt.Errorf("argument %d has a password in it: %w", i, ErrSecret)
			}
			if u.Scheme == "http" || u.Scheme == "https" {
				if err := validURL(arg); err != nil {
					return fmt.Errorf("argument %d: %w", i, err)
				}
			}
		}
	}
	return nil
}

var (
	secretWords = regexp.MustCompile(`(?i)token($|[-_.])|secret|passw|passphrase|api[-_.]?key|access[-_.]?key|private[-_.]?key|(^|[-_.])auth($|[-_.])|authoriz|credential|signature|bearer|jwt|session|cookie|header|^-*(key|sig|code|pwd|pass)$`)
	bearer      = regexp.MustCompile(`(?i)^(authorization\s*:|bearer\s+\S)`)
	known       = regexp.MustCompile(`^(sk[-_]|[pr]k_|gh[opsu]_|github_pat_|glpat-|xox[abprs]-|AKIA|eyJ|npm_|pypi-|whsec_|skc_|(live|test)_)[A-Za-z0-9_.-]{16,}$`)
	opaque      = regexp.MustCompile(`^[A-Za-z0-9_+=.~-]{20,}$`)
	uuid        = regexp.MustCompile(`(?i)^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)
)

func secretName(name string) bool { return secretWords.MatchString(name) }

// secretValue recognizes tokens by their look: a known beginning, or a long run without a word in it.
func secretValue(v string) bool {
	if !opaque.MatchString(v) || uuid.MatchString(v) {
		return false
	}
	if known.MatchString(v) {
		return true
	}
	return len(v) >= 24 && strings.ContainsFunc(v, unicode.IsDigit) && changes(v)*5 >= len(v)
}

// changes counts how often a text goes from letters to digits, from small to capital letters, or back. Words do so rarely, tokens all the time.
func changes(v string) int {
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsUpper(r):
			return 2
		case unicode.IsLetter(r):
			return 3
		}
		return 0
	}
	n, last := 0, 0
	for _, r := range v {
		k := kind(r)
		if k != 0 && last != 0 && k != last {
			n++
		}
		if k != 0 {
			last = k
		}
	}
	return n
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// IsLocal reports whether a URL leads to this machine.
func IsLocal(text string) bool {
	host := hostOf(text)
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
