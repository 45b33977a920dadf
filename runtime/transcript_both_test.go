package xmcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
	"golang.org/x/tools/txtar"
)

// httpOnly are the transcripts of what stdio does not have, each with what that is.
var httpOnly = map[string]string{
	"accept":                  "Accept",
	"body_limit":              "413",
	"content_type":            "Content-Type",
	"headers_match_body":      "headers",
	"http_methods":            "methods of HTTP",
	"identity":                "a signed-in caller",
	"logging_legacy 1":        "stdio has a session always",
	"origin_and_host":         "Origin and Host",
	"param_headers":           "headers",
	"questions_2025_06_18":    "played on stdio by itself",
	"questions_legacy":        "played on stdio by itself",
	"questions_undeclared 4":  "stdio has a session always",
	"session_of_another":      "a signed-in caller",
	"sessions":                "ids of sessions",
	"sessions_bounded":        "sessions beside each other",
	"stdio_legacy":            "played on stdio by itself",
	"stdio_limits":            "played on stdio by itself",
	"stdio_modern":            "played on stdio by itself",
	"subscriptions":           "played on stdio by itself",
	"subscriptions_legacy":    "played on stdio by itself",
	"subscriptions_refused 8": "stdio has a session always",
	"subscriptions_lists":     "played on stdio by itself",
}

// TestTranscriptsOnBothTransports plays on stdio what the transcripts send over HTTP: the same messages get the same answers, in the
// same order, and nothing else is said. Left out are steps that HTTP alone has: headers that say something of their own, and
// what belongs to a status.
func TestTranscriptsOnBothTransports(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if httpOnly[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(data)
			p := &player{t: t, srv: transcriptServer(t, string(a.Comment))}
			p.stdio = p.startStdio()
			played := 0
			for i, f := range a.Files {
				if f.Name == "in" && i+1 == len(a.Files) {
					t.Fatal("the last \"in\" has no \"out\"")
				}
				if f.Name == "in" && httpOnly[name+" "+stepID(f)] == "" && p.stdioStep(string(f.Data), string(a.Files[i+1].Data)) {
					played++
				}
			}
			p.close()
			if played == 0 {
				t.Error("nothing of it can be said on stdio; tell so in httpOnly")
			}
		})
	}
	for name := range httpOnly {
		if _, err := os.Stat("testdata/transcripts/" + strings.Fields(name)[0] + ".txtar"); err != nil {
			t.Errorf("httpOnly names %s, which does not exist", name)
		}
	}
}

// stdioStep says on stdio what a step sends over HTTP, where that can be, and compares the answers.
func (p *player) stdioStep(request, answer string) bool {
	head, body, _ := strings.Cut(request, "\n\n")
	body = p.expand(strings.TrimSuffix(body, "\n"))
	first, headers, _ := strings.Cut(head, "\n")
	modern := strings.HasSuffix(first, " modern")
	if !strings.HasPrefix(first, "POST /mcp") || strings.TrimSpace(body) == "" || strings.Contains(body, "\n") {
		return false
	}
	revision := ""
	for line := range strings.Lines(headers) {
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), ":"); name {
		case headerProtocol:
			revision = strings.TrimSpace(value)
		case headerSession:
			revision = p.revision
		default:
			return false // what only HTTP has
		}
	}
	if modern != strings.Contains(body, wire.KeyProtocolVersion) || modern && isBatch([]byte(body)) {
		return false // without headers, what names no version is legacy, and a batch is of the session
	}
	status, want := messages(answer)
	if status != "200" && status != "202" && status != "400" && status != "404" {
		return false
	}
	if !modern && !p.speak(revision, body) {
		return false
	}
	p.stdio.open[messageID(body)] = body
	if _, err := io.WriteString(p.stdio.in, body+"\n"); err != nil {
		p.t.Fatal(err)
	}
	var got bytes.Buffer
	for range want {
		p.receive(&got, modern)
	}
	if diff := cmp.Diff(strings.Join(want, ""), string(p.steady(got.Bytes()))); diff != "" {
		p.t.Errorf("%s\nis answered otherwise than over HTTP (-HTTP +stdio):\n%s", body, diff)
	}
	return true
}

// stepID is the id of the request that a step sends.
func stepID(step txtar.File) string {
	_, body, _ := strings.Cut(string(step.Data), "\n\n")
	return messageID(body)
}

// messageID is the id of a message as it stands there; a batch and what is no message have none.
func messageID(message string) string {
	var m map[string]json.RawMessage
	_ = json.Unmarshal([]byte(message), &m)
	return string(m["id"])
}

// messages returns the status of an answer over HTTP and its messages, each a line.
func messages(answer string) (status string, list []string) {
	head, body, _ := strings.Cut(answer, "\n\n")
	status, _, _ = strings.Cut(head, "\n")
	status = strings.TrimSpace(status)
	if !strings.Contains(head, "text/event-stream") {
		if body = strings.TrimSpace(body); body != "" {
			list = append(list, body+"\n")
		}
		return status, list
	}
	for line := range strings.Lines(body) {
		if data, ok := strings.CutPrefix(line, "data: "); ok && data != "\n" {
			list = append(list, data)
		}
	}
	return status, list
}

// speak lets the client agree on the revision that a step names in its header, and tells whether it can.
func (p *player) speak(revision, body string) bool {
	if revision == "" {
		revision = wire.Version20250326
	}
	if sentMessage(body).method == wire.Initialize || revision == p.revision {
		return true
	}
	if !wire.IsLegacy(revision) {
		return false
	}
	hello := fmt.Sprintf(`{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":%s,"capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`, strconv.Quote(revision))
	p.lines(hello + "\n")
	return p.revision == revision
}
