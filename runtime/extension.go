package xmcp

import (
	"fmt"
	"strings"
)

// declare adds an extension to what the server says that it can do.
func (s *Server) declare(id string, settings map[string]any) error {
	if !isExtension(id) {
		return fmt.Errorf("extension %q is not named like com.example/feature", id)
	}
	if _, taken := s.extensions[id]; taken {
		return fmt.Errorf("extension %q is declared twice", id)
	}
	if settings == nil {
		settings = map[string]any{}
	}
	if _, err := marshal(settings); err != nil {
		return fmt.Errorf("extension %q: %w", id, err)
	}
	if s.extensions == nil {
		s.extensions = map[string]any{}
	}
	s.extensions[id] = settings
	return nil
}

// isExtension tells whether a name is a prefix of labels, a slash and a name, as keys of _meta are; the prefix may not be left
// out (MCP 2026-07-28, basic, _meta, and basic/versioning, extension negotiation).
func isExtension(id string) bool {
	prefix, name, ok := strings.Cut(id, "/")
	if !ok || !isKeyPart(name, true) {
		return false
	}
	for label := range strings.SplitSeq(prefix, ".") {
		if !isKeyPart(label, false) || '0' <= label[0] && label[0] <= '9' {
			return false
		}
	}
	return true
}

// isKeyPart tells whether s begins and ends with a letter or digit, with hyphens in between; a name may also have dots and
// underscores there.
func isKeyPart(s string, name bool) bool {
	if s == "" || !isAlphanumeric(s[0]) || !isAlphanumeric(s[len(s)-1]) {
		return false
	}
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && c != '-' && !(name && (c == '.' || c == '_')) {
			return false
		}
	}
	return true
}
