package wire

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// What AppendString writes is read by encoding/json as the same text, and its end is found.
func checkString(t *testing.T, s string) {
	t.Helper()
	lit := AppendString([]byte("x"), s)[1:]
	var got string
	if err := json.Unmarshal(lit, &got); err != nil {
		t.Fatalf("%q is written as %s: %v", s, lit, err)
	}
	valid := string([]rune(s)) // one U+FFFD for each byte that is not UTF-8
	if got != valid {
		t.Fatalf("%q is written as %s", s, lit)
	}
	if other := AppendString(nil, []byte(s)); string(other) != string(lit) {
		t.Fatalf("%q is written as %s and as %s", s, lit, other)
	}
	end, plain, err := skipString(append(lit, ` "`...), 0)
	if err != nil || end != len(lit) || plain == strings.Contains(string(lit), `\`) {
		t.Fatalf("%s ends at %d, plain %v, %v", lit, end, plain, err)
	}
	if back, err := Unquote(lit); err != nil || back != valid {
		t.Fatalf("%s is read as %q, %v", lit, back, err)
	}
	if _, _, err := skipString(lit[:len(lit)-1], 0); err == nil {
		t.Fatalf("%s without its quote is accepted", lit)
	}
}

func TestStrings(t *testing.T) {
	alphabet := []string{"a", "b", " ", `"`, `\`, "\n", "\x00", "\x1f", "\x7f", "\x80", "\xff", "é", "漢", "😀", "\u2028", "12345678"}
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 40 {
		for range 500 {
			var b strings.Builder
			for range n {
				b.WriteString(alphabet[rng.IntN(len(alphabet))])
			}
			checkString(t, b.String())
		}
	}
	// Each byte at each place of a word of eight.
	for c := range 256 {
		for at := range 9 {
			checkString(t, strings.Repeat("a", at)+string([]byte{byte(c)})+strings.Repeat("a", 16-at))
		}
	}
}

func FuzzString(f *testing.F) {
	f.Add("plain")
	f.Add("a \"quote\" \\ and \n\x00\xff 漢字")
	f.Fuzz(checkString)
}

// A control character inside a string is refused wherever it is.
func TestControlCharacters(t *testing.T) {
	for c := range byte(0x20) {
		for at := range 20 {
			lit := []byte(`"` + strings.Repeat("a", 20) + `"`)
			lit[1+at] = c
			if _, _, err := skipString(lit, 0); err == nil {
				t.Errorf("%q is accepted", lit)
			}
		}
	}
}
