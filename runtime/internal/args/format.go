package args

import (
	"net/netip"
	"net/url"
	"regexp/syntax"
	"strings"
	"time"
)

// format is an asserted value of the keyword format.
type format struct {
	valid   func(string) bool
	wording string
}

// lookupFormat returns nil for formats that are annotations here.
func lookupFormat(name string) *format {
	switch name {
	case "date-time":
		return &format{validDateTime, "an RFC 3339 date-time such as 2006-01-02T15:04:05Z"}
	case "date":
		return &format{validDate, "a date such as 2006-01-02"}
	case "time":
		return &format{validTime, "an RFC 3339 time such as 15:04:05Z"}
	case "duration":
		return &format{validDuration, "an ISO 8601 duration such as P1DT2H"}
	case "email":
		return &format{validEmail, "an e-mail address"}
	case "hostname":
		return &format{validHostname, "a host name"}
	case "ipv4":
		return &format{validIPv4, "an IPv4 address"}
	case "ipv6":
		return &format{validIPv6, "an IPv6 address"}
	case "uri":
		return &format{validURI, "an absolute URI with a scheme"}
	case "uri-reference":
		return &format{validURIReference, "a URI or a relative reference"}
	case "uuid":
		return &format{validUUID, "a UUID such as 123e4567-e89b-12d3-a456-426614174000"}
	case "json-pointer":
		return &format{validJSONPointer, "a JSON pointer such as /a/0"}
	case "regex":
		return &format{validRegex, "a regular expression (RE2) of at most 10,000 bytes"}
	}
	return nil
}

// validDate accepts full-date of RFC 3339, section 5.6.
func validDate(s string) bool {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return false
	}
	century, year, month, day := twoDigits(s, 0), twoDigits(s, 2), twoDigits(s, 5), twoDigits(s, 8)
	if century < 0 || year < 0 || month < 1 || month > 12 || day < 1 {
		return false
	}
	last := 30 + (month+month/8)%2
	if month == 2 {
		last = 28
		if year%4 == 0 && (year != 0 || century%4 == 0) {
			last = 29
		}
	}
	return day <= last
}

// twoDigits reads two digits that stand at i and returns -1 when there are none.
func twoDigits(s string, i int) int {
	if i+2 > len(s) || !isDigit(s[i]) || !isDigit(s[i+1]) {
		return -1
	}
	return int(s[i]-'0')*10 + int(s[i+1]-'0')
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// clock reads hh:mm at i, in minutes.
func clock(s string, i int) (minutes int, ok bool) {
	h, m := twoDigits(s, i), twoDigits(s, i+3)
	ok = h >= 0 && h < 24 && m >= 0 && m < 60 && s[i+2] == ':'
	return h*60 + m, ok
}

// validTime accepts full-time of RFC 3339, section 5.6. A leap second can only be the last one of a day in UTC.
func validTime(s string) bool {
	minutes, ok := clock(s, 0)
	second := twoDigits(s, 6)
	if !ok || second < 0 || second > 60 || s[5] != ':' {
		return false
	}
	s = s[8:]
	if fraction, found := strings.CutPrefix(s, "."); found {
		s = strings.TrimLeft(fraction, "0123456789")
		if len(s) == len(fraction) {
			return false
		}
	}
	if s != "Z" && s != "z" {
		if len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' {
			return false
		}
		offset, ok := clock(s, 1)
		if !ok {
			return false
		}
		if s[0] == '+' {
			offset = -offset
		}
		const day = 24 * 60
		minutes = (minutes + offset + day) % day
	}
	return second < 60 || minutes == 23*60+59
}

func validDateTime(s string) bool {
	return len(s) > 11 && validDate(s[:10]) && s[10]|0x20 == 't' && validTime(s[11:])
}

// validDuration accepts duration of RFC 3339, appendix A; units may be left out in the middle.
func validDuration(s string) bool {
	s, ok := strings.CutPrefix(s, "P")
	if !ok {
		return false
	}
	if weeks, ok := strings.CutSuffix(s, "W"); ok {
		return weeks != "" && strings.Trim(weeks, "0123456789") == ""
	}
	date, clock, timed := strings.Cut(s, "T")
	if timed && clock == "" || s == "" {
		return false
	}
	return unitsInOrder(date, "YMD") && unitsInOrder(clock, "HMS")
}

// unitsInOrder accepts numbers that are each followed by a unit, in the order of the units.
func unitsInOrder(s, units string) bool {
	for s != "" {
		rest := strings.TrimLeft(s, "0123456789")
		if rest == "" || len(rest) == len(s) {
			return false
		}
		i := strings.IndexByte(units, rest[0])
		if i < 0 {
			return false
		}
		s, units = rest[1:], units[i+1:]
	}
	return true
}

// validEmail accepts Mailbox of RFC 5321, section 4.1.2, with the lengths of section 4.5.3.1.
func validEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if strings.HasPrefix(local, `"`) {
		return len(local) > 1 && strings.IndexAny(local[1:], `"\`) == len(local)-2 && local[len(local)-1] == '"' &&
			printable(local) && validDomain(domain)
	}
	for i := range len(local) { // atoms with dots between them
		switch c := local[i]; {
		case c == '.' && (i == 0 || i == len(local)-1 || local[i-1] == '.'):
			return false
		case c != '.' && !atomByte[c]:
			return false
		}
	}
	return validDomain(domain)
}

// atomByte holds what an atom is made of, hostByte the label of a host name.
var atomByte, hostByte = byteSet("!#$%&'*+-/=?^_`{|}~"), byteSet("-")

// byteSet holds the letters and digits of ASCII, and more.
func byteSet(more string) (set [256]bool) {
	const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for _, c := range []byte(alphanumeric + more) {
		set[c] = true
	}
	return set
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

func validDomain(s string) bool {
	if literal, ok := strings.CutPrefix(s, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		if address, six := strings.CutPrefix(literal, "IPv6:"); six {
			return ok && validIPv6(address)
		}
		return ok && validIPv4(literal)
	}
	return validHostname(s)
}

// validHostname accepts the names of RFC 1123, section 2.1, with or without the dot of the root.
func validHostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 253 {
		return false
	}
	length := 0 // of the label so far
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && length == 0, c == '-' && length == 0:
			return false
		case c == '.':
			if s[i-1] == '-' {
				return false
			}
			length = 0
			continue
		case !hostByte[c]:
			return false
		}
		if length++; length > 63 {
			return false
		}
	}
	return length > 0 && s[len(s)-1] != '-'
}

func validIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func validIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

func validURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && validReference(s, u)
}

func validURIReference(s string) bool {
	u, err := url.Parse(s)
	return err == nil && validReference(s, u)
}

// validReference adds what RFC 3986 asks for and net/url does not: only the characters of its appendix A, and an IPv6
// address where there are brackets.
func validReference(s string, u *url.URL) bool {
	if !printable(s) || strings.ContainsAny(s, " \"<>\\^`{|}") {
		return false
	}
	host := u.Hostname()
	return !strings.Contains(host, ":") || validIPv6(host)
}

func validUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
			continue
		}
		if lower := s[i] | 0x20; !isDigit(s[i]) && (lower < 'a' || lower > 'f') {
			return false
		}
	}
	return true
}

// validJSONPointer accepts json-pointer of RFC 6901, section 3.
func validJSONPointer(s string) bool {
	if s != "" && s[0] != '/' {
		return false
	}
	for i := range len(s) {
		if s[i] == '~' && (i+1 == len(s) || s[i+1] != '0' && s[i+1] != '1') {
			return false
		}
	}
	return true
}

// maxRegex bounds the memory of parsing, which is many times the size of the text.
const maxRegex = 10_000

func validRegex(s string) bool {
	if len(s) > maxRegex {
		return false
	}
	_, err := syntax.Parse(s, syntax.Perl)
	return err == nil
}
