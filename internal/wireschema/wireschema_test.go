package wireschema_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

const (
	noTools  = `{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`
	badTools = `{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"no input schema"}]}}`
)

func contents(member string) string {
	return `{"jsonrpc":"2.0","id":1,"result":{"contents":[{` + member + `}]}}`
}

func templates(uri string) string {
	return `{"jsonrpc":"2.0","id":1,"result":{"resourceTemplates":[{"name":"t","uriTemplate":"` + uri + `"}]}}`
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		revision, method, message string
		good                      bool
	}{
		{"2025-03-26", "tools/list", noTools, true},
		{"2025-06-18", "tools/list", badTools, false},
		{"2025-11-25", "tools/list", noTools, true},
		{"2026-07-28", "tools/list", noTools, false}, // no resultType
		{"2025-11-25", "", noTools, false},
		{"2025-11-25", "no/method", noTools, false},
		{"2025-11-25", "", `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}`, true},
		{"2025-11-25", "", `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}`, false},
		{"2025-11-25", "", `{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}`, false},
		{"2025-11-25", "", `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}`, true},
		{"2025-06-18", "", `{"jsonrpc":"2.0","error":{"code":-32700,"message":"no"}}`, true},
		{"2026-07-28", "", `{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"no"}}`, false},
		{"2025-11-25", "resources/read", contents(`"uri":"note://a%2Fb/x","text":""`), true},
		{"2025-11-25", "resources/read", contents(`"uri":"note://ada/über","text":""`), true},
		{"2025-11-25", "resources/read", contents(`"uri":"note","text":""`), false},
		{"2025-11-25", "resources/read", contents(`"uri":"note:%zz","text":""`), false},
		{"2025-11-25", "resources/read", contents(`"uri":"note:x","blob":"AAAA"`), true},
		{"2025-11-25", "resources/read", contents(`"uri":"note:x","blob":"A_-"`), false},
		{"2026-07-28", "resources/templates/list", templates("note://{owner}/{+path}{?q,r*,s:3}"), false}, // no resultType
		{"2025-11-25", "resources/templates/list", templates("note://{owner}/{+path}{?q,r*,s:3}"), true},
		{"2025-06-18", "resources/templates/list", templates("note://{owner"), false},
		{"2025-11-25", "", "{", false},
	} {
		if err := wireschema.Check(tt.revision, tt.method, []byte(tt.message)); (err == nil) != tt.good {
			t.Errorf("%s of %s in %s: %v", tt.message, tt.method, tt.revision, err)
		}
	}
}

const (
	hello   = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`
	welcome = `{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}}`
	list    = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	modern  = `{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`
)

// TestConversation: "> " is the client, "< " the server, and "! " the server where it is wrong.
func TestConversation(t *testing.T) {
	for name, lines := range map[string][]string{
		"handshake":             {"> " + hello, "< " + welcome, "> " + list, "< " + noTools},
		"bad handshake":         {"> " + hello, `! {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}`},
		"bad result":            {"> " + list, "! " + badTools},
		"nothing was asked":     {"! " + noTools},
		"both eras":             {"> " + list, "> " + modern, "< " + noTools, `! {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}`},
		"an id again":           {"> " + list, `> {"jsonrpc":"2.0","id":1,"method":"ping"}`, `< {"jsonrpc":"2.0","id":1,"result":{}}`, "< " + noTools},
		"batch":                 {"> [" + list + `,{"jsonrpc":"2.0","id":"p","method":"ping"}]`, `< [{"jsonrpc":"2.0","id":"p","result":{}},` + noTools + `]`},
		"one of a batch is bad": {"> [" + list + "]", `! [{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}},` + badTools + `]`},
		"what is no message":    {"> nope", `< {"jsonrpc":"2.0","error":{"code":-32700,"message":"m"}}`, "! nope"},
	} {
		t.Run(name, func(t *testing.T) {
			var c wireschema.Conversation
			for _, line := range lines {
				if text, ok := strings.CutPrefix(line, "> "); ok {
					c.Sent("", []byte(text))
				} else if err := c.Received([]byte(line[2:])); (err == nil) != (line[0] == '<') {
					t.Errorf("%s: %v", line, err)
				}
			}
		})
	}
}

// TestHandler answers every request with the same and counts what was wrong with it.
func TestHandler(t *testing.T) {
	for _, tt := range []struct {
		name, kind, answer string
		status, wrong      int
	}{
		{"good", "application/json", noTools, 200, 0},
		{"bad", "application/json", badTools, 200, 1},
		{"half", "application/json", noTools[:20], 200, 1},
		{"no JSON-RPC", "application/json", `{"tools":[]}`, 200, 1},
		{"OAuth", "application/json", `{"error":"unauthorized"}`, 401, 0},
		{"refused in JSON-RPC", "application/json", `{"jsonrpc":"2.0","error":"unauthorized"}`, 403, 1},
		{"text", "text/plain", "too many", 503, 0},
		{"text where a message must be", "text/plain", "all is well", 200, 1},
		{"stream", "text/event-stream", "id: 1\ndata: \n\nid: 2\ndata: " + noTools + "\n\n", 200, 0},
		{"bad stream", "text/event-stream", "data: " + badTools + "\n\n: comment\n\ndata: " + badTools + "\n\n", 200, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wrong := 0
			h := &wireschema.Handler{Failed: func(error) { wrong++ }, Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", tt.kind)
				w.WriteHeader(tt.status)
				for _, part := range []string{tt.answer[:7], tt.answer[7:]} {
					fmt.Fprint(w, part)
				}
				_ = http.NewResponseController(w).Flush()
			})}
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest("POST", "/mcp", strings.NewReader(list)))
			if wrong != tt.wrong || rec.Code != tt.status || rec.Body.String() != tt.answer || !rec.Flushed {
				t.Errorf("%d messages are wrong; %d %s", wrong, rec.Code, rec.Body)
			}
		})
	}
}

// TestHandlerKnowsSessions reads a result on another request's stream, as after a lost connection.
func TestHandlerKnowsSessions(t *testing.T) {
	var failed []error
	h := &wireschema.Handler{Failed: func(err error) { failed = append(failed, err) }, Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		switch string(sent) {
		case hello:
			w.Header().Set("Mcp-Session-Id", "s")
			fmt.Fprintf(w, "data: %s\n\n", welcome)
		case list:
			fmt.Fprint(w, "data: \n\n")
		default:
			fmt.Fprintf(w, "data: %s\n\ndata: %s\n\n", noTools, badTools)
		}
	})}
	for _, body := range []string{hello, list, ""} {
		method := "POST"
		if body == "" {
			method = "GET"
		}
		req := httptest.NewRequest(method, "/mcp", strings.NewReader(body))
		req.Header.Set("Mcp-Session-Id", "s")
		h.ServeHTTP(httptest.NewRecorder(), req)
	}
	if len(failed) != 1 || !strings.Contains(failed[0].Error(), "ListToolsResult of 2025-11-25") {
		t.Errorf("got %v", failed)
	}
}
