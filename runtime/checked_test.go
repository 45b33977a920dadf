package xmcp

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// checked is the handler of a server that fails the test for each wrong message.
func checked(t testing.TB, s *Server) http.Handler {
	return &wireschema.Handler{Next: s.handler, Failed: wireschema.FailuresOf(t).Add, Agreed: func(id string) string {
		if v, ok := s.sessions.byID.Load(id); ok {
			return v.(*session).client.Version
		}
		return ""
	}}
}

// checkedLines listens to both directions of a stdio connection.
type checkedLines struct {
	failed *wireschema.Failures
	talk   wireschema.Conversation
}

func newCheckedLines(t testing.TB) *checkedLines {
	return &checkedLines{failed: wireschema.FailuresOf(t)}
}

// sent notes all that a client sends at once.
func (c *checkedLines) sent(text string) {
	for line := range strings.Lines(text) {
		c.talk.Sent("", []byte(line))
	}
}

func (c *checkedLines) received(line string) { c.failed.Add(c.talk.Received([]byte(line))) }

// TestWrongAnswersAreNoticed shows that the servers of these tests are listened to, on both transports.
func TestWrongAnswersAreNoticed(t *testing.T) {
	const asked, wrong = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, `{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"no schema"}]}}`
	seen := &wireschema.Failures{}
	s := newTestServer(t, Config{}, greetTool)
	h, ok := s.Handler().(*wireschema.Handler)
	if !ok {
		t.Fatal("nobody listens")
	}
	h.Failed = seen.Add
	h.Next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, wrong)
	})
	post(t, s, asked, nil)
	lines := checkedLines{failed: seen}
	lines.sent(asked)
	lines.received(wrong)
	if got := seen.All(); len(got) != 2 || !strings.Contains(got[0].Error(), "inputSchema") || !strings.Contains(got[1].Error(), "inputSchema") {
		t.Errorf("got %v", got)
	}
}
