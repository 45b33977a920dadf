package scan

import (
	"os"
	"strings"
	"testing"
)

// The table is the rule's documentation; each line of it is one name and what it becomes.
func TestSnakeCase(t *testing.T) {
	data, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	tested := 0
	for line := range strings.Lines(string(data)) {
		name, want, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		tested++
		if got := SnakeCase(name); got != strings.TrimSpace(want) {
			t.Errorf("SnakeCase(%q) = %q, want %q", name, got, strings.TrimSpace(want))
		}
	}
	if tested < 50 {
		t.Errorf("only %d names in the table", tested)
	}
}

func FuzzSnakeCase(f *testing.F) {
	for _, name := range []string{"SaveNote", "GetURLs", "OAuthLogin", "V2", "Ünïcode", "A_B", "__", "ABCd9Ef"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := SnakeCase(name)
		if strings.Contains(name, "_") {
			return // words of underscores alone vanish
		}
		if strings.ReplaceAll(got, "_", "") != strings.ToLower(string([]rune(name))) {
			t.Errorf("SnakeCase(%q) = %q loses or adds letters", name, got)
		}
		if strings.HasPrefix(got, "_") || strings.HasSuffix(got, "_") || strings.Contains(got, "__") {
			t.Errorf("SnakeCase(%q) = %q has an empty word", name, got)
		}
	})
}
