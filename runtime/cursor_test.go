package xmcp

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// A cursor is good for the list it was made for, on every server with the key; everything else is refused in place of being
// taken for the end of the list.
func TestCursorsAreTheServersOwn(t *testing.T) {
	key := []byte("0123456789abcdef")
	s := newTestServer(t, Config{Key: key}, manyTools)
	good := *listPage(t, s, "admin", wire.Version20260728, nil).NextCursor
	ask := func(s *Server, method, cursor string) string {
		_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"`+method+`","params":{"cursor":"`+cursor+`",`+modernMeta+`}}`,
			map[string]string{"Authorization": "Bearer admin", headerProtocol: wire.Version20260728, headerMethod: method})
		return body
	}
	for name, srv := range map[string]*Server{"the same": s, "another with the key": newTestServer(t, Config{Key: key}, manyTools)} {
		if got := ask(srv, wire.ToolsList, good); !strings.Contains(got, `"t0500"`) || strings.Contains(got, `"t0499"`) {
			t.Errorf("%s server answers %.200s", name, got)
		}
	}
	changed := []byte(good)
	changed[len(changed)-2]++
	for name, got := range map[string]string{
		"no cursor of ours": ask(s, wire.ToolsList, "dDA0OTk"),
		"never made":        ask(s, wire.ToolsList, base64.RawURLEncoding.EncodeToString(append(make([]byte, cursorSum), "t0499"...))),
		"too short":         ask(s, wire.ToolsList, good[:20]),
		"changed":           ask(s, wire.ToolsList, string(changed)),
		"of another list":   ask(s, wire.PromptsList, good),
		"of another key":    ask(newTestServer(t, Config{}, manyTools), wire.ToolsList, good),
		"beyond the end":    ask(s, wire.ToolsList, s.cursors.sign("prompts", "t9999")),
	} {
		if !strings.Contains(got, `"code":-32602`) {
			t.Errorf("%s: %.200s", name, got)
		}
	}
	if got := ask(s, wire.ToolsList, s.cursors.sign("tools", "t0499x")); !strings.Contains(got, `"t0500"`) {
		t.Errorf("a cursor whose item was removed: %.200s", got)
	}
}

func FuzzCursor(f *testing.F) {
	c := cursors{[]byte("key")}
	f.Add("tools", "t0499", c.sign("tools", "t0499"))
	f.Add("prompts", "é", "AAAA")
	f.Fuzz(func(t *testing.T, list, last, other string) {
		if len(last) > 0 {
			if got, ok := c.open(list, c.sign(list, last)); !ok || got != last {
				t.Fatalf("%q came back as %q, %v", last, got, ok)
			}
		}
		if got, ok := c.open(list, other); ok && c.sign(list, got) != other {
			t.Fatalf("%q is accepted, which was never made", other)
		}
	})
}
