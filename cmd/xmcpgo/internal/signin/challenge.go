package signin

import "strings"

// challenge is a Bearer challenge (RFC 6750 section 3, RFC 9728 section 5.1).
type challenge struct{ metadata, scope, code string }

// readChallenge finds the Bearer challenge in the values of WWW-Authenticate. A value may hold several challenges, each a
// scheme with parameters (RFC 9110 section 11.6.1).
func readChallenge(values []string) (challenge, bool) {
	for _, v := range values {
		var c challenge
		found, bearer := false, false
		for v = strings.TrimLeft(v, " \t,"); v != ""; v = strings.TrimLeft(v, " \t,") {
			word, rest := token(v)
			if word == "" {
				break // not of the form that challenges have
			}
			if value, after, ok := parameter(rest); ok {
				if bearer {
					c.set(strings.ToLower(word), value)
				}
				v = after
				continue
			}
			if found {
				break // the next challenge begins
			}
			bearer = strings.EqualFold(word, "Bearer")
			found = bearer
			v = rest
		}
		if found {
			return c, true
		}
	}
	return challenge{}, false
}

func (c *challenge) set(name, value string) {
	switch name {
	case "resource_metadata":
		c.metadata = value
	case "scope":
		c.scope = value
	case "error":
		c.code = value
	}
}

// token cuts a token off the front (RFC 9110 section 5.6.2).
func token(s string) (word, rest string) {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~", s[n]) >= 0) {
		n++
	}
	return s[:n], s[n:]
}

// parameter reads ="value" or =value behind the name of a parameter.
func parameter(s string) (value, rest string, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimLeft(s, " \t"), "=")
	if !ok {
		return "", "", false
	}
	s = strings.TrimLeft(s, " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest = token(s)
		return value, rest, value != ""
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
