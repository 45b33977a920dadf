package attack

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// How long tokens live, a call takes, and a person thinks.
const (
	tokenLife = 5 * time.Second
	callTime  = 12 * time.Second
	thinkTime = 8 * time.Second
	minOpen   = 2 * time.Second // of a stream: clients refresh a token that ends sooner before they use it again
)

const state = "app://state"

// expiring is a server whose tokens live for seconds, without leeway. It needs no variables, so its test runs beside the others.
func expiring(t *testing.T) (*app, *xmcp.Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{url: "http://" + l.Addr().String(), env: &environment{}, log: &buffer{}, audit: &buffer{}}
	var inner http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	a.env.url = web.URL
	a.env.standIn, err = scalekitdev.New(scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{URL: a.url + "/mcp"}, TokenLifetime: tokenLife})
	if err != nil {
		t.Fatal(err)
	}
	inner = a.env.standIn.Handler()
	r := xmcp.NewRegistry()
	addTools(r)
	r.AddTool(xmcp.ToolItem{Name: "work", Description: "Takes its time.", Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
		began, steps := time.Now(), 0
		for ; time.Since(began) < callTime; steps++ {
			xmcp.Progress(ctx, float64(steps+1), 0, "working")
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		session, err := scalekit.GetSession(ctx)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("Done for %s in %d steps.", session.UserID, steps), nil
	})})
	r.AddResource(xmcp.ResourceItem{Name: "state", Description: "The state.", Metadata: xmcp.ResourceMetadata{URI: state},
		Handler: xmcp.HandleResourceNoInput(func(context.Context) (string, error) { return "", nil })})
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{scalekit.New(scalekit.Config{EnvironmentURL: web.URL, ResourceID: "res_dev", BaseURL: a.url, Leeway: -1})}
	})
	server, err := xmcp.New(r, xmcp.Config{Name: "expiring", BaseURL: a.url, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	return a, server
}

// signedIn is a client that somebody has signed in to, and that refreshes its tokens.
type signedIn struct {
	t   *testing.T
	app *app

	mu              sync.Mutex
	access, refresh string
	expires         time.Time
	refreshes, sent int
}

// signIn goes through the pages of the environment as a browser would (RFC 6749 section 4.1, RFC 7636).
func signIn(t *testing.T, a *app, person string) *signedIn {
	t.Helper()
	const redirect = "http://127.0.0.1:1/callback"
	a.env.standIn.RegisterClient("client-of-"+person, "", "Client", redirect)
	verifier := rand.Text() + rand.Text()
	digest := sha256.Sum256([]byte(verifier))
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	authorize := a.env.url + "/resources/res_dev/oauth/authorize"
	res, err := browser.Get(authorize + "?" + url.Values{"client_id": {"client-of-" + person}, "redirect_uri": {redirect}, "response_type": {"code"}, "state": {"s"},
		"code_challenge": {encode(digest[:])}, "code_challenge_method": {"S256"}, "resource": {a.url + "/mcp"}, "scope": {"openid offline_access"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"decision": {"allow"}, "person": {person + "@org_acme"}}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="(\w+)">`).FindAllSubmatch(page, -1) {
		form.Set(string(m[1]), string(m[2]))
	}
	if res, err = browser.PostForm(authorize, form); err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	to, err := res.Location()
	if err != nil || to.Query().Get("code") == "" {
		t.Fatalf("status %d: %v, %v", res.StatusCode, to, err)
	}
	c := &signedIn{t: t, app: a}
	c.exchange(url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "code_verifier": {verifier}, "redirect_uri": {redirect}, "client_id": {"client-of-" + person}})
	t.Cleanup(func() {
		if c.refreshes < 2 {
			t.Errorf("%s has refreshed %d times", person, c.refreshes)
		}
	})
	return c
}

// exchange asks the token endpoint. The caller holds the lock, or is alone.
func (c *signedIn) exchange(form url.Values) {
	form.Set("resource", c.app.url+"/mcp")
	res, err := http.PostForm(c.app.env.url+"/resources/res_dev/oauth/token", form)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	var reply struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Life    int    `json:"expires_in"`
	}
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil || reply.Access == "" || reply.Refresh == "" || reply.Life != int(tokenLife.Seconds()) {
		c.t.Errorf("no tokens: status %d, %v, life %d", res.StatusCode, err, reply.Life)
	}
	c.access, c.refresh, c.expires = reply.Access, reply.Refresh, time.Now().Add(time.Duration(reply.Life)*time.Second)
}

// token is one that is good for some time, unless the machine is very slow.
func (c *signedIn) token() string { return c.tokenFor(minOpen) }

func (c *signedIn) tokenFor(left time.Duration) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Until(c.expires) < left {
		id := jwtClaim(c.access, "client_id")
		c.exchange(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.refresh}, "client_id": {id}})
		c.refreshes++
	}
	return c.access
}

func jwtClaim(token, claim string) string {
	var claims map[string]any
	raw, err := decodePart(strings.Split(token, ".")[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return ""
	}
	s, _ := claims[claim].(string)
	return s
}

// post sends a message with a good token and follows the answer, whose events it hands on. It returns the last message.
func (c *signedIn) post(ctx context.Context, era, session string, m message, event func(data string)) (last string, status int) {
	c.mu.Lock()
	c.sent++
	body := strings.Replace(m.body(c.t, era), `"id":1,`, fmt.Sprintf(`"id":%d,`, c.sent), 1)
	c.mu.Unlock()
	return c.follow(c.request(ctx, http.MethodPost, body, m.header(era)), session, event)
}

// request makes the same request again and again.
func (c *signedIn) request(ctx context.Context, method, body string, header http.Header) func() *http.Request {
	return func() *http.Request {
		req, err := http.NewRequestWithContext(ctx, method, c.app.url+"/mcp", strings.NewReader(body))
		if err != nil {
			panic(err) // the URL is the server's
		}
		req.Header = header.Clone()
		return req
	}
}

// follow sends a request, once more if its token has expired on the way, as clients do.
func (c *signedIn) follow(request func() *http.Request, session string, event func(data string)) (last string, status int) {
	if last, status = c.try(request(), session, c.token(), event); status == http.StatusUnauthorized {
		last, status = c.try(request(), session, c.tokenFor(tokenLife), event)
	}
	return last, status
}

func (c *signedIn) try(req *http.Request, session, token string, event func(data string)) (last string, status int) {
	req.Header.Set("Authorization", "Bearer "+token)
	if session != "" {
		req.Header.Set("Mcp-Session-Id", session)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		if req.Context().Err() == nil {
			c.t.Error(err)
		}
		return "", 0
	}
	defer func() { _ = res.Body.Close() }()
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		raw, _ := io.ReadAll(res.Body)
		return string(raw), res.StatusCode
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && data != "" {
			last = data
			if event != nil {
				event(data)
			}
		}
	}
	return last, res.StatusCode
}

// listen opens a stream, again whenever it ends, until the context does. It counts how often, and the updates that it hears.
type listening struct {
	opened, updates int
	mu              sync.Mutex
}

func (l *listening) counts() (opened, updates int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened, l.updates
}

func (c *signedIn) listen(ctx context.Context, wg *sync.WaitGroup, open func() *http.Request, session string) *listening {
	l := &listening{}
	wg.Go(func() {
		for ctx.Err() == nil {
			l.mu.Lock()
			l.opened++
			l.mu.Unlock()
			if _, status := c.follow(open, session, func(data string) {
				if strings.Contains(data, "notifications/resources/updated") {
					l.mu.Lock()
					l.updates++
					l.mu.Unlock()
				}
			}); status != 200 && ctx.Err() == nil {
				c.t.Errorf("a stream is answered %d", status)
				return
			}
		}
	})
	return l
}

// Nothing that people do is ended by a token that expires: calls and questions outlive several, and only the streams that would
// listen for ever are opened anew.
func TestTokensOfFiveSeconds(t *testing.T) {
	t.Parallel()
	a, server := expiring(t)
	a.ready(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	began := time.Now()
	var calls, streams sync.WaitGroup
	var heard []*listening
	for _, era := range []string{legacy, modern} {
		c := signIn(t, a, map[string]string{legacy: "usr_alice", modern: "usr_bob"}[era])
		session := ""
		var open func() *http.Request
		if era == legacy {
			session = a.initialize(t, c.token(), `{"elicitation":{}}`)
			subscribe := message{"resources/subscribe", state, map[string]any{"uri": state}, nil}
			if last, status := c.post(ctx, era, session, subscribe, nil); status != 200 || !strings.Contains(last, `"result":{}`) {
				t.Errorf("subscribe: %d %s", status, last)
			}
			open = c.request(ctx, http.MethodGet, "", http.Header{"Accept": {"text/event-stream"}, "Mcp-Protocol-Version": {legacy}})
		} else {
			m := message{"subscriptions/listen", "", map[string]any{"notifications": map[string]any{"resourceSubscriptions": []string{state}}}, map[string]any{}}
			open = c.request(ctx, http.MethodPost, m.body(t, modern), m.header(modern))
		}
		heard = append(heard, c.listen(ctx, &streams, open, session))
		calls.Go(func() { longCall(ctx, c, era, session) })
		calls.Go(func() { question(ctx, c, era, session) })
		calls.Go(func() { shortCalls(ctx, c, era, session) })
	}
	calls.Wait()
	most := 2 + int(time.Since(began)/minOpen)
	for _, l := range heard {
		if opened, _ := l.counts(); opened < 2 || opened > most {
			t.Errorf("a stream was opened %d times in %v", opened, time.Since(began))
		}
	}
	// The streams that are open hear of an update, once. One that is being opened anew may miss it, which is seldom.
	for updated := 1; ; updated++ {
		server.ResourceUpdated(state)
		if hearBy(time.Now().Add(time.Second), heard) {
			for _, l := range heard {
				if _, updates := l.counts(); updates > updated {
					t.Errorf("a stream has heard of %d updates, of which there were %d", updates, updated)
				}
			}
			break
		}
		if updated == 10 {
			t.Error("a stream hears of no update")
			break
		}
	}
	cancel()
	streams.Wait()
}

// hearBy tells whether all streams have heard of an update by then.
func hearBy(end time.Time, heard []*listening) bool {
	for _, l := range heard {
		for _, updates := l.counts(); updates == 0; _, updates = l.counts() {
			if time.Now().After(end) {
				return false
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return true
}

func longCall(ctx context.Context, c *signedIn, era, session string) {
	m := toolCall("work", map[string]any{})
	progress := 0
	m.params["_meta"] = map[string]any{"progressToken": 1}
	began := time.Now()
	last, status := c.post(ctx, era, session, m, func(string) { progress++ })
	who := map[string]string{legacy: "usr_alice", modern: "usr_bob"}[era]
	done := fmt.Sprintf("Done for %s in %d steps.", who, progress-1) // the last event is the answer
	if took := time.Since(began); status != 200 || !strings.Contains(last, done) || took < callTime || progress < 3 {
		c.t.Errorf("%s: a long call ends after %v and %d events with %d %s", era, took, progress, status, last)
	}
}

// question is a call that asks, and is answered after a time with another token.
func question(ctx context.Context, c *signedIn, era, session string) {
	m := toolCall("ask", map[string]any{"about": "names"})
	m.capabilities = map[string]any{"elicitation": map[string]any{}}
	const accepted = `{"action":"accept","content":{"name":"Ada"}}`
	if era == legacy {
		var answering sync.WaitGroup
		last, status := c.post(ctx, era, session, m, func(data string) {
			var q struct {
				ID     json.RawMessage
				Method string
			}
			if json.Unmarshal([]byte(data), &q) != nil || q.Method != "elicitation/create" {
				return
			}
			answering.Go(func() {
				time.Sleep(thinkTime)
				answer := fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, q.ID, accepted)
				if last, status := c.follow(c.request(ctx, http.MethodPost, answer, m.header(era)), session, nil); status != http.StatusAccepted {
					c.t.Errorf("the answer is answered %d %s", status, last)
				}
			})
		})
		answering.Wait()
		if status != 200 || !strings.Contains(last, "Hello, Ada.") {
			c.t.Errorf("a question ends with %d %s", status, last)
		}
		return
	}
	var asked struct{ Result struct{ RequestState string } }
	last, status := c.post(ctx, era, session, m, nil)
	if err := json.Unmarshal([]byte(last), &asked); err != nil || status != 200 || asked.Result.RequestState == "" {
		c.t.Errorf("nothing is asked: %d %s", status, last)
		return
	}
	time.Sleep(thinkTime)
	m.params["requestState"], m.params["inputResponses"] = asked.Result.RequestState, map[string]any{"who": json.RawMessage(accepted)}
	if last, status = c.post(ctx, era, session, m, nil); status != 200 || !strings.Contains(last, "Hello, Ada.") {
		c.t.Errorf("a question ends with %d %s", status, last)
	}
}

// shortCalls never fail, and a token that has expired is refused as one that has.
func shortCalls(ctx context.Context, c *signedIn, era, session string) {
	first := c.token()
	for range int(callTime / time.Second) {
		if last, status := c.post(ctx, era, session, toolCall("profile", map[string]any{}), nil); status != 200 {
			c.t.Errorf("a call is answered %d %s", status, last)
		}
		time.Sleep(time.Second)
	}
	got := c.app.send(c.t, era, toolCall("profile", nil), bearing(first))
	if want := c.app.expired(); got.status != want.status || got.header.Get("WWW-Authenticate") != want.challenge {
		c.t.Errorf("an expired token is answered %+v", got)
	}
}
