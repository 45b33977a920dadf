package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// texts are seeds: what JSON is made of, and what it is not.
var texts = []string{
	`{}`, `[]`, `null`, `true`, `false`, `0`, `-0`, `1.5e+10`, `""`, `"a\u00e9\ud83d\ude00\n"`, ` { "a" : [ 1 , {"b":null} ] } `,
	`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":1,}`, `[1,]`, `[1 2]`, `{"a" 1}`, `{a:1}`, `01`, `1.`, `.5`, `1e`, `-`, `+1`, `nul`, `truefalse`,
	`"\ud83d"`, `"\ude00\ud83d"`, `"\ud83d\u0041"`, `"\x"`, `"\u12"`, `"a`, "\"\x01\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\ufeff{}", "{}\x00", `{"a":{"b":{"c":[[[1]]]}}}`, `"\u2028<&>"`, "",
}

func seed(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
}

func FuzzValidAgreesWithEncodingJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := Valid(b, len(b)), json.Valid(b); got != want && len(b) < 10_000 { // encoding/json has a depth limit of its own
			t.Errorf("Valid(%q) = %v, encoding/json says %v", b, got, want)
		}
	})
}

func FuzzMembersAgreeWithEncodingJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		members, err := AppendMembers(nil, b, 1000)
		var want map[string]json.RawMessage
		wantErr := json.Unmarshal(b, &want)
		if wantErr != nil || want == nil {
			if err == nil {
				t.Fatalf("%q has members %v, encoding/json says %v", b, members, wantErr)
			}
			return
		}
		if err != nil {
			if errors.Is(err, errDepth) || strings.Contains(err.Error(), "duplicate") && count(b) > len(want) {
				return
			}
			t.Fatalf("%q: %v, encoding/json reads %v", b, err, want)
		}
		if !utf8.Valid(b) {
			return // encoding/json makes different invalid keys equal
		}
		got := map[string]json.RawMessage{}
		for _, m := range members {
			got[string(m.Key)] = json.RawMessage(m.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-encoding/json +ours):\n%s", b, diff)
		}
	})
}

// count returns how many members the object has, duplicates included.
func count(b []byte) int {
	d := json.NewDecoder(bytes.NewReader(b))
	_, _ = d.Token()
	n := 0
	for ; d.More(); n++ {
		var value json.RawMessage
		if _, err := d.Token(); err != nil || d.Decode(&value) != nil {
			break
		}
	}
	return n
}

func FuzzElementsAgreeWithEncodingJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		elements, err := AppendElements(nil, b, 1000)
		var want []json.RawMessage
		wantErr := json.Unmarshal(b, &want)
		if errors.Is(err, errDepth) {
			return
		}
		if (err == nil) != (wantErr == nil && want != nil) || err == nil && len(elements) != len(want) {
			t.Fatalf("%q: %v, %v; encoding/json: %v, %v", b, elements, err, want, wantErr)
		}
		if err != nil {
			return
		}
		for i, e := range elements {
			if !bytes.Equal(e, want[i]) {
				t.Errorf("%q[%d] = %q, want %q", b, i, e, want[i])
			}
		}
	})
}

func FuzzUnquoteAgreesWithEncodingJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Unquote(b)
		var want string
		wantErr := json.Unmarshal(b, &want)
		if len(b) == 0 || b[0] != '"' || b[len(b)-1] != '"' {
			if err == nil {
				t.Errorf("Unquote(%q) = %q of what is no literal", b, got)
			}
			return
		}
		if (err == nil) != (wantErr == nil) || got != want {
			t.Errorf("Unquote(%q) = %q, %v; encoding/json: %q, %v", b, got, err, want, wantErr)
		}
	})
}

func FuzzStringsComeBack(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := AppendString(nil, s)
		if same := AppendString(nil, []byte(s)); !bytes.Equal(b, same) {
			t.Errorf("as bytes %q, as string %q", same, b)
		}
		if !json.Valid(b) || !utf8.Valid(b) || bytes.ContainsAny(b, "\n\r") {
			t.Fatalf("AppendString(%q) = %q, which may not be sent", s, b)
		}
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got, expected string
		if err := errors.Join(json.Unmarshal(b, &got), json.Unmarshal(want, &expected)); err != nil || got != expected {
			t.Errorf("AppendString(%q) reads back as %q, encoding/json's as %q (%v)", s, got, expected, err)
		}
		if back, err := Unquote(b); err != nil || back != got {
			t.Errorf("Unquote(%q) = %q, %v", b, back, err)
		}
	})
}

func TestDepthIsBounded(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	for _, tt := range []struct {
		levels, limit int
		want          bool
	}{{1, 1, true}, {2, 1, false}, {1000, 1000, true}, {1001, 1000, false}, {1_000_000, 1000, false}} {
		if got := Valid(nested(tt.levels), tt.limit); got != tt.want {
			t.Errorf("%d levels with a limit of %d: %v", tt.levels, tt.limit, got)
		}
	}
	if _, err := AppendMembers(nil, []byte(`{"a":[1]}`), 1); !errors.Is(err, errDepth) {
		t.Errorf("members: %v", err)
	}
	if _, err := AppendElements(nil, []byte(`[[1]]`), 1); !errors.Is(err, errDepth) {
		t.Errorf("elements: %v", err)
	}
}

func TestDuplicatesAreFoundInLongObjects(t *testing.T) {
	const n = 50_000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":%d,`, i, i)
	}
	if members, err := AppendMembers(nil, []byte("{"+strings.TrimSuffix(b.String(), ",")+"}"), 10); err != nil || len(members) != n {
		t.Fatalf("%d members, %v; want %d", len(members), err, n)
	}
	if _, err := AppendMembers(nil, []byte("{"+b.String()+`"k777":0}`), 10); err == nil || !strings.Contains(err.Error(), `duplicate key "k777"`) {
		t.Errorf("a duplicate among %d keys: %v", n, err)
	}
}
