package xmcp

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

const canElicitForms = `{"elicitation":{}}`

// An expired state is an old one of ours: its questions are asked again.
func TestExpiredStateAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{StateAge: time.Minute}}, askTool)
		_, first := callModern(t, s, "ask", canElicitForms, `,"inputResponses":{"who":{"action":"accept","content":{"name":"Ada"}}}`)
		if first.Result.InputRequests["sure"].Method == "" {
			t.Fatalf("the second question does not come: %+v", first)
		}
		with := `,"requestState":"` + first.Result.RequestState + `"`
		if _, still := callModern(t, s, "ask", canElicitForms, with); still.Result.InputRequests["sure"].Method == "" {
			t.Errorf("a fresh state lost its answers: %+v", still)
		}
		time.Sleep(2 * time.Minute)
		status, late := callModern(t, s, "ask", canElicitForms, with)
		if status != 200 || late.Result.InputRequests["who"].Method == "" {
			t.Errorf("status %d: %+v", status, late)
		}
	})
}

// A state is opened by any process with the key, and by no other.
func TestStateIsOpenedByTheKey(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	one, other := newTestServer(t, Config{Key: key}, askTool), newTestServer(t, Config{Key: key}, askTool)
	_, asked := callModern(t, one, "ask", canElicitForms, `,"inputResponses":{"who":{"action":"accept","content":{"name":"Ada"}}}`)
	with := `,"requestState":"` + asked.Result.RequestState + `","inputResponses":{"sure":{"action":"accept","content":{"ok":true}}}`
	if _, got := callModern(t, other, "ask", canElicitForms, with); got.Result.ResultType != "complete" || got.Result.Content[0].Text != "Ada true" {
		t.Errorf("with the key: %+v", got)
	}
	stranger := newTestServer(t, Config{}, askTool)
	if status, got := callModern(t, stranger, "ask", canElicitForms, with); status != 400 || got.Error == nil || got.Error.Code != wire.CodeInvalidParams {
		t.Errorf("without the key: %d %+v", status, got)
	}
}

// A state of one caller is of no use to another.
func TestStateBelongsToItsCaller(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		askTool(r)
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	send := func(token, more string) modernAnswer {
		body, header := modernCallOf("ask", canElicitForms, more)
		header["Authorization"] = "Bearer " + token
		_, _, text := post(t, s, body, header)
		var a modernAnswer
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		return a
	}
	asked := send("writer", "")
	with := `,"requestState":"` + asked.Result.RequestState + `"`
	if got := send("writer", with); got.Result.ResultType != "input_required" {
		t.Errorf("its own caller: %+v", got)
	}
	if got := send("admin", with); got.Error == nil || got.Error.Code != wire.CodeInvalidParams {
		t.Errorf("another caller: %+v", got)
	}
}

// FuzzRequestState sends anything as the state. Nothing but what the server has sealed carries an answer.
func FuzzRequestState(f *testing.F) {
	s := newUncheckedServer(f, Config{}, askTool)
	body, header := modernCallOf("ask", canElicitForms, `,"inputResponses":{"who":{"action":"accept","content":{"name":"Ada"}}}`)
	_, _, text := post(f, s, body, header)
	var asked modernAnswer
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		f.Fatal(err)
	}
	state := asked.Result.RequestState
	for _, seed := range []string{"", state, state[:len(state)-1], state + "A", strings.ToUpper(state), "e30", "{}", "\x00", strings.Repeat("A", 1<<17)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err) // strings always marshal
		}
		body, header := modernCallOf("ask", canElicitForms, `,"requestState":`+string(quoted))
		req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:3001/mcp", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		for name, value := range header {
			req.Header.Set(name, value)
		}
		rec := httptest.NewRecorder()
		checked(t, s).ServeHTTP(rec, req)
		checkAnswer(t, rec)
		var got modernAnswer
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
			t.Fatalf("%v in %s", err, rec.Body)
		}
		if _, second := got.Result.InputRequests["sure"]; second && text != state {
			t.Errorf("the state %q carries an answer", text)
		}
	})
}
