package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
	"golang.org/x/tools/txtar"
)

// FuzzEndpoint sends anything. Whatever comes, the answer is one JSON-RPC message, a stream that ends with one, or a refusal by
// HTTP; it is never HTML and never says that something went wrong inside.
func FuzzEndpoint(f *testing.F) {
	files, err := filepath.Glob("testdata/transcripts/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, step := range txtar.Parse(data).Files {
			if head, body, ok := strings.Cut(string(step.Data), "\n\n"); ok && step.Name == "in" && !strings.Contains(body, "$repeat") {
				m := sentMessage(body)
				version := ""
				if strings.HasSuffix(strings.SplitN(head, "\n", 2)[0], " modern") {
					version = "2026-07-28"
				}
				f.Add([]byte(strings.TrimSpace(strings.ReplaceAll(body, `"$meta"`, modernMeta))), version, m.method, m.name, "", "application/json", "*/*")
			}
		}
	}
	f.Add([]byte(callTModern), "2026-07-28", "tools/call", "=?base64?dA==?=", "x", "application/json;charset=utf-8", "text/event-stream")
	srv := newUncheckedServer(f, Config{Stdio: true, Logger: slog.New(slog.DiscardHandler)}, everything)
	session, err := srv.sessions.open(clientHello{ProtocolVersion: "2025-11-25"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, version, method, name, sessionID, contentType, accept string) {
		// A subscription lasts until its client leaves.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:3001/mcp", bytes.NewReader(body))
		if sessionID == "$session" {
			sessionID = session.id
		}
		for key, value := range map[string]string{headerProtocol: version, headerMethod: method, headerName: name, headerSession: sessionID, "Content-Type": contentType, "Accept": accept} {
			if value != "" {
				req.Header[key] = []string{value}
			}
		}
		rec := httptest.NewRecorder()
		checked(t, srv).ServeHTTP(rec, req)
		if ctx.Err() == nil {
			checkAnswer(t, rec)
		}
	})
}

func checkAnswer(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	body := rec.Body.Bytes()
	switch kind := rec.Header().Get("Content-Type"); {
	case rec.Code == http.StatusAccepted:
		if len(body) != 0 {
			t.Errorf("202 with %q", body)
		}
		return
	case kind == "text/event-stream":
		events := strings.Split(strings.TrimSpace(string(body)), "\n\n")
		for i, e := range events {
			_, data, _ := strings.Cut(e, "data: ")
			if data == "" && i == 0 {
				continue // the event that a stream begins with
			}
			var m struct{ Method string }
			if err := json.Unmarshal([]byte(data), &m); err != nil || (m.Method == "") != (i == len(events)-1) {
				t.Errorf("event %d of %d is %q: %v", i, len(events), e, err)
			}
		}
		return
	case kind != "application/json":
		t.Errorf("status %d with the type %q: %q", rec.Code, kind, body)
	}
	messages, err := wire.AppendElements(nil, body, 1000)
	if err != nil { // an array answers a batch
		messages = [][]byte{body}
	}
	for _, message := range messages {
		var m struct {
			JSONRPC       string
			ID            json.RawMessage
			Result, Error json.RawMessage
		}
		if err := json.Unmarshal(message, &m); err != nil || m.JSONRPC != "2.0" || (m.Result == nil) == (m.Error == nil) || m.Result != nil && m.ID == nil {
			t.Errorf("status %d: %v in %q", rec.Code, err, body)
		}
		if m.Result != nil && rec.Code != http.StatusOK {
			t.Errorf("a result with status %d", rec.Code)
		}
		if strings.Contains(string(m.Error), "secret") {
			t.Errorf("the answer tells a secret: %s", body)
		}
	}
	switch rec.Code {
	case 200, 400, 404, 406, 413, 415, 503:
	default:
		t.Errorf("status %d: %s", rec.Code, body)
	}
}
