//go:build unix

package deploy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// patience bounds what would otherwise wait for ever where a proxy holds something back.
const patience = 20 * time.Second

// TestProxies sends through each proxy what proxies are known to hold back, cut off or refuse.
func TestProxies(t *testing.T) {
	for _, kind := range []struct {
		name  string
		start func(*testing.T, *proxy, string)
		proxy *proxy
	}{
		{"nginx", nginx, &proxy{https: program.Address(t), http: program.Address(t)}},
		{"caddy", caddy, &proxy{https: program.Address(t)}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			a, p := newApp(t), kind.proxy
			kind.start(t, p, a.address())
			for _, version := range []string{"HTTP/1.1", "HTTP/2.0"} {
				client := p.client(t, version == "HTTP/2.0")
				t.Run(version, func(t *testing.T) {
					t.Run("progress arrives at once", func(t *testing.T) { progress(t, a, client, version) })
					t.Run("a client that goes away ends its call", func(t *testing.T) { disconnect(t, a, client) })
					t.Run("large requests pass", func(t *testing.T) { large(t, client) })
					t.Run("a person is asked", func(t *testing.T) { question(t, client) })
					t.Run("a subscription hears of a change", func(t *testing.T) { subscription(t, a, client) })
				})
			}
			if p.http != "" {
				t.Run("plain HTTP is sent to TLS", func(t *testing.T) { redirect(t, p.client(t, false)) })
			}
		})
	}
}

// modern are the headers and the _meta of a request of 2026-07-28.
func modern(method, name string) http.Header {
	h := http.Header{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {method}}
	if name != "" {
		h["Mcp-Name"] = []string{name}
	}
	return h
}

const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},` +
	`"io.modelcontextprotocol/clientCapabilities":{},"progressToken":"p"}`

func progress(t *testing.T, a *app, client *http.Client, version string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := post(ctx, client, modern("tools/call", "step"), `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"step",`+meta+`}}`)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Proto != version {
		t.Errorf("spoke %s", resp.Proto)
	}
	lines := bufio.NewReader(resp.Body)
	if got := event(t, lines); !strings.Contains(got, "half way") {
		t.Fatalf("the first message is %s", got)
	}
	select {
	case a.release <- struct{}{}: // the call was still running
	case <-ctx.Done():
		t.Fatal("the call is over")
	}
	if got := event(t, lines); !strings.Contains(got, `"text":"done"`) {
		t.Errorf("the last message is %s", got)
	}
}

func disconnect(t *testing.T, a *app, client *http.Client) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	resp, err := post(ctx, client, modern("tools/call", "step"), `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"step",`+meta+`}}`)
	if err != nil {
		t.Fatal(err)
	}
	event(t, bufio.NewReader(resp.Body))
	cancel()
	_ = resp.Body.Close()
	select {
	case <-a.gone:
	case <-time.After(patience):
		t.Fatal("the app has not heard of it")
	}
}

// large sends a body just below the app's limit, and a token as large as some issuers make them.
func large(t *testing.T, client *http.Client) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	header := modern("tools/call", "size")
	header.Set("Authorization", "Bearer "+strings.Repeat("x", 16<<10))
	text := strings.Repeat("x", 4<<20-1000) + "and that."
	resp, err := post(ctx, client, header, `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"size","arguments":{"text":"`+text+`"},`+meta+`}}`)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(answer), `"text":"and that."`) {
		t.Errorf("answered %s, %v", answer, err)
	}
}

// question is asked on the stream of the call, in the way of 2025-11-25, and answered by a request of its own meanwhile.
func question(t *testing.T, client *http.Client) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	header := http.Header{"Mcp-Protocol-Version": {"2025-11-25"}}
	resp, err := post(ctx, client, nil, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",`+
		`"capabilities":{"elicitation":{"form":{}}},"clientInfo":{"name":"t","version":"1"}}}`)
	if err != nil {
		t.Fatal(err)
	}
	header.Set("Mcp-Session-Id", resp.Header.Get("Mcp-Session-Id"))
	_ = resp.Body.Close()
	resp, err = post(ctx, client, header, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	call, err := post(ctx, client, header, `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"ask"}}`)
	if err != nil {
		t.Fatal(err)
	}
	defer call.Body.Close()
	lines := bufio.NewReader(call.Body)
	asked := event(t, lines)
	_, rest, _ := strings.Cut(asked, `"id":`)
	id, _, ok := strings.Cut(rest, ",")
	if !ok || !strings.Contains(asked, "elicitation/create") {
		t.Fatalf("asked %s", asked)
	}
	resp, err = post(ctx, client, header, fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":{"sure":true}}}`, id))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if got := event(t, lines); !strings.Contains(got, `"text":"sure"`) {
		t.Errorf("the last message is %s", got)
	}
}

func subscription(t *testing.T, a *app, client *http.Client) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := post(ctx, client, modern("subscriptions/listen", ""),
		`{"jsonrpc":"2.0","id":4,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},`+meta+`}}`)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	if got := event(t, lines); !strings.Contains(got, "acknowledged") {
		t.Fatalf("the first message is %s", got)
	}
	late := xmcp.ToolItem{Name: "late", Description: "Comes late.", Handler: xmcp.HandleToolBare(func(context.Context) error { return nil })}
	for _, change := range []xmcp.Change{{AddTools: []xmcp.ToolItem{late}}, {RemoveTools: []string{"late"}}} {
		if err := a.server.Update(change); err != nil {
			t.Fatal(err)
		}
		if got := event(t, lines); !strings.Contains(got, "notifications/tools/list_changed") {
			t.Fatalf("the message is %s", got)
		}
	}
}

func redirect(t *testing.T, client *http.Client) {
	resp, err := client.Get("http://" + publicHost + "/mcp?a=b")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusPermanentRedirect || got != "https://"+publicHost+"/mcp?a=b" {
		t.Errorf("answered %s to %q", resp.Status, got)
	}
}

// event reads the next message of a stream. The deadline of its request bounds the wait.
func event(t *testing.T, lines *bufio.Reader) string {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if data, ok := strings.CutPrefix(line, "data: "); ok && strings.TrimSpace(data) != "" {
			return strings.TrimSpace(data)
		}
		if err != nil {
			t.Fatalf("no message: %v", err)
		}
	}
}
