package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xmcpgo/xmcpgo/internal/wireschema"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
	"golang.org/x/tools/txtar"
)

// TestTranscripts plays the conversations of testdata/transcripts, each against a server of its own that has an item of every
// kind. A file is a list of steps. "in" is an HTTP request, "out" its answer; "stdin" are lines of a client on stdio, "stdout"
// what it is answered. Every message that the server sends is checked against the official schema of its revision.
//
// A request is a line "METHOD PATH [modern]", header lines, an empty line and the body. Content-Type and Accept are as
// clients send them unless the request says otherwise ("-Accept" leaves it out). With "modern", the headers of 2026-07-28 are
// made from the body. $meta is the _meta that each modern request has, $session the id of the last session, and
// $repeat(text,n) is the text n times.
//
// $state is the last requestState, and $question the id of the server's last own request. A line "@METHOD" of stdin waits for a
// message of that method, and "@" for a response. "server" is what the app does in between: "add NAME" adds a tool, "remove NAME" takes it away again, "add-prompt NAME" and "add-resource URI" add the others,
// "updated URI" announces a change of a resource.
//
// The comment of the file says what it shows; a line "config: auth body=300" changes the server.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, file, txtar.Parse(data))
		})
	}
}

func play(t *testing.T, file string, a *txtar.Archive) {
	p := &player{t: t, srv: transcriptServer(t, string(a.Comment)), revision: wire.Version20250326}
	got := &txtar.Archive{Comment: a.Comment}
	for _, f := range a.Files {
		switch f.Name {
		case "in":
			got.Files = append(got.Files, f, txtar.File{Name: "out", Data: p.request(string(f.Data))})
		case "stdin":
			got.Files = append(got.Files, f, txtar.File{Name: "stdout", Data: p.lines(string(f.Data))})
		case "server":
			got.Files = append(got.Files, f)
			p.serverDoes(string(f.Data))
		case "out", "stdout":
		default:
			t.Fatalf("unknown step %q", f.Name)
		}
	}
	p.close()
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(txtar.Format(a)), string(txtar.Format(got))); diff != "" {
		t.Errorf("run with -update where the change is meant (-want +got):\n%s", diff)
	}
}

// transcriptServer makes a server as the lines "config: …" of a comment say.
func transcriptServer(t *testing.T, comment string) *Server {
	cfg := Config{Logger: slog.New(slog.DiscardHandler), Instructions: "Be kind."}
	auth, ask, routed := false, false, false
	for line := range strings.Lines(comment) {
		options, ok := strings.CutPrefix(strings.TrimSpace(line), "config:")
		if !ok {
			continue
		}
		for option := range strings.FieldsSeq(options) {
			name, value, _ := strings.Cut(option, "=")
			n, _ := strconv.Atoi(value)
			switch name {
			case "auth":
				auth = true
			case "ask":
				ask = true
			case "params":
				routed = true
			case "mask":
				cfg.MaskErrors = true
			case "body":
				cfg.Limits.Body = n
			case "nesting":
				cfg.Limits.Nesting = n
			case "sessions":
				cfg.Limits.Sessions = n
			default:
				t.Fatalf("unknown option %q", option)
			}
		}
	}
	cfg.Stdio = !auth // items with permissions need an authenticator over HTTP
	return newTestServer(t, cfg, func(r *Registry) {
		everything(r)
		if ask {
			askingItems(r)
		}
		if routed {
			routedTool(r)
		}
		if auth {
			r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
		}
	})
}

// player plays the steps of one transcript.
type player struct {
	t        *testing.T
	srv      *Server
	session  string
	revision string // of the session
	state    string // the last requestState
	question string // the id of the server's last request
	stdio    *stdioPlayer
}

var repeat = regexp.MustCompile(`\$repeat\((.*?),(\d+)\)`)

func (p *player) expand(s string) string {
	s = strings.NewReplacer("$session", p.session, `"$meta"`, modernMeta, "$state", p.state, "$question", p.question).Replace(s)
	return repeat.ReplaceAllStringFunc(s, func(m string) string {
		parts := repeat.FindStringSubmatch(m)
		n, _ := strconv.Atoi(parts[2])
		return strings.Repeat(parts[1], n)
	})
}

// request sends one HTTP request and returns what the transcript shows of its answer.
func (p *player) request(text string) []byte {
	head, body, _ := strings.Cut(text, "\n\n")
	body = p.expand(strings.TrimSuffix(body, "\n"))
	first, headers, _ := strings.Cut(head, "\n")
	words := strings.Fields(first)
	if len(words) < 2 {
		p.t.Fatalf("no request in %q", text)
	}
	req := httptest.NewRequestWithContext(p.t.Context(), words[0], "http://127.0.0.1:3001"+words[1], strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
	}
	sent := sentMessage(body)
	if len(words) > 2 {
		req.Header.Set(headerProtocol, wire.Version20260728)
		req.Header.Set(headerMethod, sent.method)
		if sent.name != "" {
			req.Header.Set(headerName, sent.name)
		}
	}
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name, remove := strings.CutPrefix(name, "-"); remove {
			req.Header.Del(name)
			continue
		}
		if req.Header.Get(name) != "" && strings.HasPrefix(value, "+") {
			req.Header.Add(name, strings.TrimSpace(value[1:]))
			continue
		}
		if name == "Host" {
			req.Host = strings.TrimSpace(value)
			continue
		}
		req.Header.Set(name, p.expand(strings.TrimSpace(value)))
	}
	rec := httptest.NewRecorder()
	p.srv.Handler().ServeHTTP(rec, req)
	return p.answer(rec, req, body)
}

// sent is what the headers of a modern request say of its message.
type sent struct{ method, name string }

func sentMessage(body string) sent {
	var m, params map[string]json.RawMessage // structs would read other spellings too
	var s sent
	_ = json.Unmarshal([]byte(body), &m)
	_ = json.Unmarshal(m["params"], &params)
	_ = json.Unmarshal(m["method"], &s.method)
	for _, key := range []string{"name", "uri"} {
		_ = json.Unmarshal(params[key], &s.name)
	}
	return s
}

// shown are the headers of an answer that a transcript shows.
var shown = []string{"Content-Type", "Allow", "Retry-After", "Www-Authenticate", headerSession, "X-Accel-Buffering"}

func (p *player) answer(rec *httptest.ResponseRecorder, req *http.Request, sent string) []byte {
	if id := rec.Header().Get(headerSession); id != "" {
		p.session = id
		p.revision = negotiated(rec.Body.Bytes())
	}
	revision := req.Header.Get(headerProtocol)
	if revision == "" {
		revision = p.revision
	}
	if revision != wire.Version20260728 && !wire.IsLegacy(revision) {
		revision = wire.Version20260728 // it tells which revisions there are
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, rec.Code)
	for _, name := range shown {
		for _, v := range rec.Header()[name] {
			fmt.Fprintf(&out, "%s: %s\n", name, v)
		}
	}
	fmt.Fprintln(&out)
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/event-stream") {
		for line := range strings.Lines(rec.Body.String()) {
			if data, ok := strings.CutPrefix(line, "data: "); ok && data != "\n" { // a stream that can be resumed begins with an empty event
				p.check(revision, sent, []byte(data))
			}
			out.WriteString(line)
		}
	} else if rec.Body.Len() > 0 {
		if rec.Code != http.StatusForbidden && rec.Code != http.StatusUnauthorized { // those answers are OAuth's
			p.check(revision, sent, rec.Body.Bytes())
		}
		out.Write(rec.Body.Bytes())
		out.WriteByte('\n')
	}
	return p.steady(out.Bytes())
}

// check checks a message, or an array of them, that answers what was sent.
func (p *player) check(revision, sent string, message []byte) {
	answers, err := wire.AppendElements(nil, message, 10)
	asked, _ := wire.AppendElements(nil, []byte(sent), 10)
	if err != nil {
		answers, asked = [][]byte{bytes.TrimSpace(message)}, [][]byte{[]byte(sent)}
	}
	for _, answer := range answers {
		method := ""
		for _, q := range asked {
			if sameID(q, answer) {
				method = sentMessage(string(q)).method
			}
		}
		if err := wireschema.Check(revision, method, answer); err != nil {
			p.t.Errorf("%s\n%v", answer, err)
		}
	}
}

func sameID(a, b []byte) bool {
	var ids [2]struct{ ID json.RawMessage }
	_, _ = json.Unmarshal(a, &ids[0]), json.Unmarshal(b, &ids[1])
	return bytes.Equal(ids[0].ID, ids[1].ID)
}

var (
	errorIDs = regexp.MustCompile(`\(id [A-Z2-7]{12}\)`)
	eventIDs = regexp.MustCompile(`(?m)^id: .*$`)
	asked    = regexp.MustCompile(`"id":"[A-Z2-7]{26}","method"`)
	pageIDs  = regexp.MustCompile(`"elicitationId":"[^"]*"`)
	states   = regexp.MustCompile(`"requestState":"([^"]*)"`)
)

// steady replaces what differs from run to run.
func (p *player) steady(b []byte) []byte {
	if p.session != "" {
		b = bytes.ReplaceAll(b, []byte(p.session), []byte("$session"))
	}
	if found := states.FindSubmatch(b); found != nil {
		p.state = string(found[1])
		b = states.ReplaceAll(b, []byte(`"requestState":"$$state"`))
	}
	b = asked.ReplaceAll(b, []byte(`"id":"$$question","method"`))
	b = pageIDs.ReplaceAll(b, []byte(`"elicitationId":"$$page"`))
	b = eventIDs.ReplaceAll(b, []byte("id: $$event"))
	return errorIDs.ReplaceAll(b, []byte("(id $$id)"))
}

// negotiated is the revision in the answer to initialize, be it JSON or the only event of a stream.
func negotiated(initialized []byte) string {
	if at := bytes.IndexByte(initialized, '{'); at > 0 {
		initialized = initialized[at:]
	}
	var m struct {
		Result struct{ ProtocolVersion string }
	}
	_ = json.Unmarshal(initialized, &m)
	return m.Result.ProtocolVersion
}

// serverDoes lets the app change what it serves.
func (p *player) serverDoes(text string) {
	for line := range strings.Lines(text) {
		verb, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch verb {
		case "add":
			err = p.srv.Update(another(name))
		case "remove":
			err = p.srv.Update(Change{RemoveTools: []string{name}})
		case "add-prompt":
			err = p.srv.Update(Change{AddPrompts: []PromptItem{{Name: name, Description: "Another.", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return name, nil })}}})
		case "add-resource":
			err = p.srv.Update(Change{AddResources: []ResourceItem{{Name: name, Description: "Another.", Metadata: ResourceMetadata{URI: name}, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return name, nil })}}})
		case "updated":
			p.srv.ResourceUpdated(name)
		default:
			p.t.Fatalf("unknown deed %q", line)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
}
