package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/bench/internal/floor"
)

func TestSpread(t *testing.T) {
	if got := spreadOf([]float64{3, 1, 2}); got != (spread{1, 2, 3}) {
		t.Errorf("got %v", got)
	}
	ours := &samples{throughput: []float64{50, 80}, cpu: []float64{20, 25}}
	floor := &samples{throughput: []float64{100, 100}, cpu: []float64{10, 20}}
	if r, c := ratio(ours, floor), cpuRatio(ours, floor); r.min != 0.5 || r.max != 0.8 || c.min != 0.5 || c.max != 0.8 {
		t.Errorf("ratios %v and %v", r, c)
	}
	if got := bestQuarter([]time.Duration{5, 3, 1, 2, 4, 6, 8, 7}); got != 3 {
		t.Errorf("a quarter is within %v", got)
	}
	if got := middle([]time.Duration{3, 1, 2}); got != 2 {
		t.Errorf("the middle is %v", got)
	}
}

func TestWriteInto(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n\n"+tableBegin+"\nold\n"+tableEnd+"\n\nMore.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} {
		if err := writeInto(page, text); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(page)
		if want := "# Title\n\n" + tableBegin + "\n\n" + text + "\n\n" + tableEnd + "\n\nMore.\n"; err != nil || string(got) != want {
			t.Errorf("got %q, %v\nwant %q", got, err, want)
		}
	}
	if err := os.WriteFile(page, []byte("# Title\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if writeInto(page, "text") == nil {
		t.Error("a page without a place for the table is written")
	}
}

// A run of some rows leaves the page alone, and says so.
func TestPublish(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	old := tableBegin + "\nold\n" + tableEnd + "\n"
	for _, tt := range []struct {
		args  []string
		wrote bool
	}{
		{nil, true}, {[]string{"-rounds", "3"}, true},
		{[]string{"-rows", "tools/call 2026"}, false}, {[]string{"-peers=false"}, false}, {[]string{"-gogc", "off"}, false},
		{[]string{"-skip-build"}, false}, {[]string{"-conns", "1"}, false}, {[]string{"-calls", "10"}, false}, {[]string{"-conns", "16"}, true},
	} {
		if err := os.WriteFile(page, []byte(old), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := parse(append([]string{"-write", page}, tt.args...))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := (&harness{options: o, out: &out}).publish("new"); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(page)
		if err != nil || (string(got) != old) != tt.wrote || strings.Contains(out.String(), "stays as it is") == tt.wrote {
			t.Errorf("%q: %v\n%s\n%s", tt.args, err, got, out.String())
		}
	}
	if err := (&harness{}).publish("new"); err != nil {
		t.Error(err)
	}
}

func TestMarkdown(t *testing.T) {
	ours := &samples{throughput: []float64{80}, cpu: []float64{25}, p50: []time.Duration{time.Millisecond}, p99: []time.Duration{2 * time.Millisecond}, half: []time.Duration{3 * time.Millisecond}, allocs: 37}
	floor := &samples{throughput: []float64{100}, cpu: []float64{20}, half: []time.Duration{2 * time.Millisecond}, allocs: 30}
	peer := &samples{name: "peer", throughput: []float64{10}, cpu: []float64{200}, allocs: 230}
	r := &report{machine: "a machine", versions: "go1", how: (&harness{options: options{conns: 16, rounds: 3, round: 1500 * time.Millisecond}}).how(), rows: []*measured{{&rows[0], floor, ours, []*samples{peer}}}}
	r.note("A note on %d things.", 3)
	got := r.markdown()
	for _, want := range []string{
		": a machine; go1; 16 connections, 3 rounds of 1.5s, tails beside all other programs. Load average",
		"| tools/call | 2025-11-25 | 0.80 (0.80–0.80) | 0.65, 0.80 | 0.80 | 25.0, 20.0 | 1.0 ms, 2.0 ms | 3.0 ms, 2.0 ms (1.5×) | 7, 30 |\n",
		"| with peer | 2025-11-25 | 0.10 (0.10–0.10) |", "| 200 |\n", "\n- A note on 3 things.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// The requests are HTTP and JSON as clients write them, with the length that they say.
func TestRequests(t *testing.T) {
	for _, row := range rows[:2] {
		list, err := row.requests(nil)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := strings.Cut(string(list[0]), "\r\n\r\n")
		if !ok || !strings.HasPrefix(head, "POST /mcp HTTP/1.1\r\nHost: ") {
			t.Errorf("%s", head)
		}
		if strings.Contains(head, "Mcp-Method") != (row.version == modern) || strings.Contains(body, "_meta") != (row.version == modern) {
			t.Errorf("%s: %s", row.version, list[0])
		}
	}
}

// What a server answers is looked at before it is measured: mistakes have status 200 as well.
func TestFirstAnswer(t *testing.T) {
	for _, tt := range []struct{ answer, wrong string }{
		{`{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"Hello, Ada Lovelace!"}]}}`, ""},
		{`{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"no such tool"}],"isError":true}}`, "no such tool"},
		{`{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"invalid arguments"}}`, "invalid arguments"},
	} {
		web := httptest.NewServer(floor.Handler([]byte(tt.answer)))
		requests, err := rows[0].requests(nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rows[0].firstAnswer(&server{name: "peer", addr: strings.TrimPrefix(web.URL, "http://")}, requests)
		web.Close()
		if tt.wrong == "" && (err != nil || string(got) != tt.answer) {
			t.Errorf("%q, %v", got, err)
		}
		if tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), "peer: ") || !strings.Contains(err.Error(), tt.wrong)) {
			t.Errorf("%s: %v", tt.answer, err)
		}
	}
	// What is wanted is what ours says.
	for _, version := range []string{legacy, modern} {
		for tool, arguments := range map[string]string{"greet": greetArguments, "order": orderArguments} {
			d := newDirect(t, version, tool, arguments)
			w := httptest.NewRecorder()
			d.in.Reset(d.in.data)
			d.req.Body = d.in
			d.h.ServeHTTP(w, d.req)
			if want := map[string]string{"greet": greeted, "order": ordered}[tool]; !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s, %s: %q is not in %s", tool, version, want, w.Body)
			}
		}
	}
}

func TestBadUsage(t *testing.T) {
	for _, args := range [][]string{{"-rounds", "0"}, {"-conns", "0"}, {"-starts", "0"}, {"-streams", "0"}, {"-rows", "("}, {"extra"}, {"-nope"}} {
		var out strings.Builder
		if err := run(t.Context(), args, strings.NewReader(""), &out); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
