package terminal

import (
	"bytes"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNoColourWithoutATerminal(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	pipe, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, f := range []*os.File{pipe, null} {
		term := New(f, f, f)
		if term.Interactive || term.Live || bool(term.OutColour || term.ErrColour) {
			t.Errorf("%s is taken for a terminal: %+v", f.Name(), term)
		}
		if got := term.OutColour.Bold("x") + term.ErrColour.Red("y"); got != "xy" {
			t.Errorf("coloured: %q", got)
		}
	}
}

func TestPalette(t *testing.T) {
	p := Palette(true)
	if got, want := p.Red("a")+p.Green("b")+p.Yellow("c")+p.Dim("d")+p.Bold(""), "\x1b[31ma\x1b[0m\x1b[32mb\x1b[0m\x1b[33mc\x1b[0m\x1b[2md\x1b[0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProgressShowsOnlyWhatTakesLong(t *testing.T) {
	for _, tt := range []struct {
		name string
		live bool
		took time.Duration
		want string
	}{
		{"quick", true, progressDelay - time.Millisecond, ""},
		{"slow", true, progressDelay + time.Second, "\r\x1b[Kload …\r\x1b[Krender …\r\x1b[K"},
		{"slow, but nobody watches", false, progressDelay + time.Second, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stderr bytes.Buffer
				p := Start(&Terminal{Stderr: &stderr, Live: tt.live})
				p.Say("load")
				time.Sleep(tt.took)
				synctest.Wait()
				p.Say("render")
				p.Stop()
				p.Say("too late")
				time.Sleep(2 * progressDelay)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, stderr.String()); diff != "" {
					t.Errorf("written (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "no tools", 1: "1 tool", 12: "12 tools"} {
		if got := Count(n, "tool"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
