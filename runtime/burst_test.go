package xmcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pieces is what a connection was asked to send.
type pieces struct {
	list []string
	fail error
}

func (p *pieces) Write(b []byte) (int, error) {
	if p.fail != nil {
		return min(5, len(b)), p.fail
	}
	p.list = append(p.list, string(b))
	return len(b), nil
}

func TestPiecesOfAnAnswerAreSentTogether(t *testing.T) {
	for name, tt := range map[string]struct {
		expected   int
		write, out []string
	}{
		"not announced":       {0, []string{"ab", "cd"}, []string{"ab", "cd"}},
		"two pieces":          {6, []string{"h123", "456"}, []string{"h123456"}},
		"header alone":        {6, []string{"h", "123456"}, []string{"h123456"}},
		"one piece":           {6, []string{"h123456", "next"}, []string{"h123456", "next"}},
		"as long as the body": {6, []string{"hhh123", "456"}, []string{"hhh123", "456"}},
		"three pieces":        {6, []string{"h12", "34", "56"}, []string{"h1234", "56"}},
		"the next answer":     {6, []string{"h123", "456", "h", "i"}, []string{"h123456", "h", "i"}},
	} {
		b, out := burst{expected: tt.expected}, &pieces{}
		for _, p := range tt.write {
			if n, err := b.write(out, []byte(p)); n != len(p) || err != nil {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
		if diff := cmp.Diff(tt.out, out.list); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	b, out := burst{expected: 6}, &pieces{}
	b.settle(out)
	if _, err := b.write(out, []byte("h")); err != nil || len(out.list) != 1 {
		t.Errorf("after an answer that was announced and not written: %q, %v", out.list, err)
	}
	b.expected = 6
	if _, err := b.write(out, []byte("h123")); err != nil || len(out.list) != 1 {
		t.Errorf("the first piece: %q, %v", out.list, err)
	}
	if b.settle(out); len(out.list) != 2 || out.list[1] != "h123" || b.kept != nil {
		t.Errorf("after an answer that was cut off: %q", out.list)
	}
	b, gone := burst{expected: 6}, &pieces{fail: errors.New("gone")}
	if n, err := b.write(gone, []byte("h123")); n != 4 || err != nil {
		t.Errorf("kept: %d, %v", n, err)
	}
	if n, err := b.write(gone, []byte("456")); n != 1 || !errors.Is(err, gone.fail) || b.kept != nil {
		t.Errorf("gone: %d, %v, %v", n, err, b.kept)
	}
}

// Answers of all lengths around those at which buffers are full arrive whole, one after the other on one connection.
func TestAnswersOfAllLengths(t *testing.T) {
	type in struct {
		N int `json:"n"`
	}
	r := NewRegistry()
	r.AddTool(ToolItem{Name: "say", Description: "Says much.", InputSchema: `{"type":"object"}`, Handler: HandleTool(func(_ context.Context, i in) (string, error) {
		return strings.Repeat("x", i.N), nil
	})})
	s, err := New(r, Config{Name: "test", Version: "1.0.0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := startServer(t, s)
	for _, around := range []int{1, 1800, 2048, 3900, 4096, 8000, 16 << 10, 64 << 10, 200_000} {
		for n := max(around-150, 1); n < around+150; n += 7 {
			body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say","arguments":{"n":%d}}}`, n)
			res, err := http.Post(server.url+"/mcp", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			_, err = got.ReadFrom(res.Body)
			_ = res.Body.Close()
			want := `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"` + strings.Repeat("x", n) + `"}]}}`
			if err != nil || got.String() != want {
				t.Fatalf("%d: %d bytes, want %d, %v", n, got.Len(), len(want), err)
			}
		}
	}
	server.stop()
	if err := <-server.done; err != nil {
		t.Error(err)
	}
}
