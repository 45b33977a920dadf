package terminal

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChoose(t *testing.T) {
	choices := []Choice{{"none", "anybody"}, {"apikey", "who has a key"}}
	const list = "Who may call?\n  1  none    anybody\n  2  apikey  who has a key\nName or number? (none) "
	for _, tt := range []struct {
		name, answers, want, asked string
		fails                      bool
	}{
		{"by number", "2\n", "apikey", list, false},
		{"by name", "APIKEY\n", "apikey", list, false},
		{"the preset", "\n", "none", list, false},
		{"in the end", "3\nkeys\n1\n", "none", list + "\"3\" is none of them.\nName or number? (none) \"keys\" is none of them.\nName or number? (none) ", false},
		{"never", "a\nb\nc\nd\n", "", list + "\"a\" is none of them.\nName or number? (none) \"b\" is none of them.\nName or number? (none) \"c\" is none of them.\n", true},
		{"nobody answers", "", "", list + "\n", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			term := &Terminal{Stdin: bufio.NewReader(strings.NewReader(tt.answers)), Stderr: &stderr}
			got, err := term.Choose("Who may call?", choices)
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("chose %q (%v), want %q", got, err, tt.want)
			}
			if diff := cmp.Diff(tt.asked, stderr.String()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}
