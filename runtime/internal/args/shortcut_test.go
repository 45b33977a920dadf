package args

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What is read by a shortcut is what the long way reads.

func TestDatesAgreeWithPackageTime(t *testing.T) {
	agree := func(s string) {
		_, err := time.Parse(time.DateOnly, s)
		if got := validDate(s); got != (err == nil) {
			t.Errorf("%q: %v, package time says %v", s, got, err)
		}
	}
	for _, year := range []int{0, 1, 4, 100, 400, 1600, 1700, 1896, 1900, 1904, 1999, 2000, 2023, 2024, 2100, 2400, 9999} {
		for month := range 14 {
			for day := range 34 {
				agree(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
			}
		}
	}
	for _, s := range []string{"", "2024-1-01", "2024-01-1", "2024/01/01", "20240101", "2024-01-01 ", " 2024-01-01", "+024-01-01", "2024-01-0a", "99999-01-01", "２024-01-01"} {
		agree(s)
	}
}

// hostname says in regular terms what validHostname reads byte by byte.
func hostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, c := range label {
			if c != '-' && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", c) {
				return false
			}
		}
	}
	return true
}

// localPart is the dot-string of RFC 5321, section 4.1.2.
func localPart(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.Trim(atom, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~") != "" {
			return false
		}
	}
	return true
}

func TestNamesAgreeWithTheirGrammar(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	alphabet := []string{"a", "Z", "0", "-", ".", ".", "_", "@", "é", " ", strings.Repeat("x", 62), strings.Repeat("y.", 60)}
	for range 50_000 {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		s := b.String()
		if got, want := validHostname(s), hostname(s); got != want {
			t.Fatalf("host %q: %v, want %v", s, got, want)
		}
		if got, want := validEmail(s+"@a.example"), s != "" && len(s) <= 64 && localPart(s); got != want {
			t.Fatalf("e-mail of %q: %v, want %v", s, got, want)
		}
	}
}

func TestShortFloatsAgreeWithStrconv(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	read := 0
	for range 80_000 {
		lit := strconv.FormatInt(rng.Int64N(int64(tens[1+rng.IntN(16)])), 10)
		switch rng.IntN(4) {
		case 0:
			lit += "." + strings.Repeat("0", rng.IntN(4)) + strconv.FormatInt(rng.Int64N(int64(tens[1+rng.IntN(16)])), 10)
		case 1:
			lit = "0." + strings.Repeat("0", rng.IntN(10)) + lit
		case 2:
			lit += "e" + strconv.Itoa(rng.IntN(40)-20)
		}
		want, err := strconv.ParseFloat(lit, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := shortFloat([]byte(lit)); ok {
			if read++; got != want {
				t.Fatalf("%s: %v, want %v", lit, got, want)
			}
		}
	}
	if read < 25_000 {
		t.Errorf("only %d were short", read)
	}
}

// A number that is surely within its bounds is within them.
func TestRoundedBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	near := func() string {
		whole := []string{"0", "1", "9007199254740992", "9007199254740993", "1e308", "1e400", "-1e400", "0.1", "1e-400", "-0.1"}
		if rng.IntN(2) == 0 {
			return whole[rng.IntN(len(whole))]
		}
		return "0.1" + strings.Repeat("0", rng.IntN(20)) + strconv.Itoa(rng.IntN(3))
	}
	for range 30_000 {
		low, lit := near(), near()
		b, err := newBound([]byte(low))
		if err != nil {
			t.Fatal(err)
		}
		v, err := strconv.ParseFloat(lit, 64)
		if err != nil {
			continue
		}
		order := parseDecimal(nil, []byte(lit)).cmp(b.value)
		if sure := (&numberRules{above: b}).surelyWithin(v); sure && order <= 0 {
			t.Fatalf("%s is not surely above %s", lit, low)
		}
		if sure := (&numberRules{below: b}).surelyWithin(v); sure && order >= 0 {
			t.Fatalf("%s is not surely below %s", lit, low)
		}
	}
}

// The strings of a call share memory, but not their fates: appending to one, or decoding more, leaves the others alone.
func TestStringsShareMemory(t *testing.T) {
	type list struct {
		Names []string          `json:"names"`
		Any   any               `json:"any"`
		Map   map[string]string `json:"map"`
	}
	d := compileFor[list](t, `{"type":"object"}`)
	var want []string
	for i := range 300 {
		want = append(want, strings.Repeat(string(rune('a'+i%26)), i))
	}
	body := `{"names":["` + strings.Join(want, `","`) + `"],"any":["` + want[7] + `"],"map":{"` + want[5] + `":"` + want[9] + `"}}`
	var first, second list
	if v := d.Decode([]byte(body), &first); v != nil {
		t.Fatal(v)
	}
	if v := d.Decode([]byte(strings.ToUpper(strings.NewReplacer("names", "0", "any", "1", "map", "2").Replace(body))), &second); v != nil {
		t.Fatal(v)
	}
	for i, s := range want {
		if first.Names[i] != s {
			t.Fatalf("name %d is %q, want %q", i, first.Names[i], s)
		}
	}
	if got := first.Any.([]any)[0]; got != want[7] || first.Map[want[5]] != want[9] {
		t.Errorf("any %v, map %v", got, first.Map)
	}
}
