package xmcp_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

const (
	crowd       = 200 // clients at once
	crowdRounds = 2   // of each client, unless XMCP_SOAK says how long
	patience    = time.Minute
)

// TestCrowd lets many clients of both eras talk to one server at once, with and without sessions, with streams of their own,
// with questions. Everything a client sends has its marker in it, and so has everything the server tells it: a marker that
// reaches anybody else, or that does not come, fails the test, and so does a goroutine that is left when all have gone.
//
// XMCP_SOAK is how long it lasts, such as 1m.
func TestCrowd(t *testing.T) {
	var until time.Time
	if s := os.Getenv("XMCP_SOAK"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil {
			t.Fatalf("XMCP_SOAK: %v", err)
		}
		until = time.Now().Add(d)
	}
	before := runtime.NumGoroutine()
	srv, err := xmcp.New(crowdRegistry(), xmcp.Config{Name: "crowd", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(srv.Handler())
	transport := &http.Transport{MaxIdleConnsPerHost: crowd}
	kinds := []func(*member) error{(*member).legacySession, (*member).modernListener, (*member).legacyAlone, (*member).modernAlone}
	var clients sync.WaitGroup
	for i := range crowd {
		clients.Go(func() {
			m := &member{
				http: &http.Client{Transport: transport, Timeout: patience}, url: web.URL + "/mcp",
				name: fmt.Sprintf("marker-%03d", i), until: until, updates: make(chan string, 16), strict: i < len(kinds),
			}
			if err := kinds[i%len(kinds)](m); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
		})
	}
	clients.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	transport.CloseIdleConnections()
	web.Close()
	leftovers(t, before)
}

// leftovers fails the test when there stay more goroutines than there were.
func leftovers(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			var stacks bytes.Buffer
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			t.Fatalf("%d goroutines, %d at the start:\n%s", runtime.NumGoroutine(), before, &stacks)
		}
	}
}

type markerInput struct {
	Marker string `json:"marker"`
}

type markerForm struct {
	Echo string `json:"echo"`
}

const (
	markerSchema = `{"type":"object","properties":{"marker":{"type":"string"}},"required":["marker"],"additionalProperties":false}`
	tellSteps    = 3
)

// crowdRegistry has tools that say what they were told in every way there is.
func crowdRegistry() *xmcp.Registry {
	r := xmcp.NewRegistry()
	tool := func(name string, h xmcp.ToolHandler) {
		r.AddTool(xmcp.ToolItem{Name: name, Description: "Says the marker.", InputSchema: markerSchema, Handler: h})
	}
	tool("tell", xmcp.HandleTool(func(ctx context.Context, in markerInput) (string, error) {
		for i := range tellSteps {
			xmcp.Progress(ctx, float64(i+1), tellSteps, in.Marker)
			xmcp.Logger(ctx).InfoContext(ctx, in.Marker)
		}
		return in.Marker, nil
	}))
	tool("ask", xmcp.HandleTool(func(ctx context.Context, in markerInput) (string, error) {
		answer, err := xmcp.Elicit[markerForm](ctx, "echo", in.Marker)
		if err != nil {
			return "", err
		}
		return in.Marker + " heard " + answer.Echo, nil
	}))
	tool("touch", xmcp.HandleTool(func(ctx context.Context, in markerInput) (string, error) {
		xmcp.GetServer(ctx).ResourceUpdated("note://" + in.Marker)
		return in.Marker, nil
	}))
	r.AddResource(xmcp.ResourceItem{
		Name: "note", Description: "A note.",
		Metadata:    xmcp.ResourceMetadata{URI: "note://{marker}"},
		InputSchema: markerSchema,
		Handler:     xmcp.HandleResource(func(_ context.Context, in markerInput) (string, error) { return in.Marker, nil }),
	})
	return r
}

// member is one client of the crowd.
type member struct {
	http    *http.Client
	url     string
	name    string
	session string
	until   time.Time
	id      int
	strict  bool        // checks each message against the official schema
	updates chan string // what came on the client's own stream
}

// rounds does something with a new marker again and again.
func (m *member) rounds(do func(marker string) error) error {
	for i := 0; i < crowdRounds || time.Now().Before(m.until); i++ {
		if err := do(fmt.Sprintf("%s-%d", m.name, i)); err != nil {
			return fmt.Errorf("round %d: %w", i, err)
		}
	}
	return nil
}

// post sends a message and returns the answer, whose messages are read one by one; each gets answered by answer.
func (m *member) post(body string, header map[string]string, answer func(message []byte) error) (string, error) {
	req, err := http.NewRequest("POST", m.url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	if m.session != "" {
		req.Header.Set("Mcp-Session-Id", m.session)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := m.http.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if id := res.Header.Get("Mcp-Session-Id"); id != "" {
		m.session = id
	}
	if res.StatusCode >= 300 {
		body, _ := io.ReadAll(res.Body)
		return "", fmt.Errorf("%s %s", res.Status, body)
	}
	var all strings.Builder
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		all.Write(lines.Bytes())
		all.WriteByte('\n')
		data, isEvent := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if m.strict && len(data) > 0 && data[0] == '{' {
			if err := xmcp.CheckMessage(header["Mcp-Protocol-Version"], methodOf([]byte(body)), data); err != nil {
				return "", fmt.Errorf("%s: %w", data, err)
			}
		}
		if isEvent && answer != nil {
			if err := answer(data); err != nil {
				return "", err
			}
		}
	}
	return all.String(), lines.Err()
}

func methodOf(request []byte) string {
	var r struct{ Method string }
	_ = json.Unmarshal(request, &r) // the test wrote it
	return r.Method
}

var markers = regexp.MustCompile(`marker-\d{3}(-\d+)?`)

// hears checks that an answer has the marker as often as it should, and nobody else's.
func hears(text, marker string, times int) error {
	found := markers.FindAllString(text, -1)
	for _, one := range found {
		if one != marker {
			return fmt.Errorf("%s was told to %s: %s", one, marker, text)
		}
	}
	if len(found) != times {
		return fmt.Errorf("%s came %d times, not %d: %s", marker, len(found), times, text)
	}
	return nil
}

func (m *member) request(method, params string) string {
	m.id++
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":{%s}}`, m.id, method, params)
}

// legacy sends a request of 2025-11-25.
func (m *member) legacy(method, params string, answer func([]byte) error) (string, error) {
	return m.post(m.request(method, params), map[string]string{"Mcp-Protocol-Version": "2025-11-25"}, answer)
}

// modern sends a request of 2026-07-28; name is what Mcp-Name carries.
func (m *member) modern(method, name, params, meta string) (string, error) {
	header := map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": method}
	if name != "" {
		header["Mcp-Name"] = name
	}
	meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}` + meta + `}`
	return m.post(m.request(method, params+","+meta), header, nil)
}

func toolParams(tool, marker string) string {
	return fmt.Sprintf(`"name":%q,"arguments":{"marker":%q}`, tool, marker)
}

// legacyAlone has no session: it gets progress, and no log messages since it cannot ask for them.
func (m *member) legacyAlone() error {
	return m.rounds(func(marker string) error {
		said, err := m.legacy("tools/call", toolParams("tell", marker)+`,"_meta":{"progressToken":"`+marker+`"}`, nil)
		if err != nil {
			return err
		}
		return hears(said, marker, 2*tellSteps+1)
	})
}

func (m *member) modernAlone() error {
	return m.rounds(func(marker string) error {
		if err := m.modernTell(marker); err != nil {
			return err
		}
		return m.modernAsk(marker)
	})
}

// modernTell hears each marker as the token and the text of the progress, as a log message, and as the result.
func (m *member) modernTell(marker string) error {
	meta := `,"progressToken":"` + marker + `","io.modelcontextprotocol/logLevel":"info"`
	said, err := m.modern("tools/call", "tell", toolParams("tell", marker), meta)
	if err != nil {
		return err
	}
	return hears(said, marker, 3*tellSteps+1)
}

// modernAsk is asked, and answers in a second request.
func (m *member) modernAsk(marker string) error {
	asked, err := m.modern("tools/call", "ask", toolParams("ask", marker), "")
	if err != nil {
		return err
	}
	var question struct {
		Result struct {
			ResultType   string `json:"resultType"`
			RequestState string `json:"requestState"`
		} `json:"result"`
	}
	if err := json.Unmarshal([]byte(asked), &question); err != nil || question.Result.ResultType != "input_required" {
		return fmt.Errorf("was not asked: %s", asked)
	}
	if err := hears(asked, marker, 1); err != nil {
		return err
	}
	said, err := m.modern("tools/call", "ask", toolParams("ask", marker)+fmt.Sprintf(
		`,"requestState":%q,"inputResponses":{"echo":{"action":"accept","content":{"echo":%q}}}`, question.Result.RequestState, marker), "")
	if err != nil {
		return err
	}
	return hears(said, marker, 2)
}

// legacySession has a session with a stream of its own, log messages, questions on its calls and a resource that it watches.
func (m *member) legacySession() error {
	hello := `"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"crowd","version":"1"}`
	if _, err := m.legacy("initialize", hello, nil); err != nil {
		return err
	}
	if _, err := m.legacy("logging/setLevel", `"level":"debug"`, nil); err != nil {
		return err
	}
	if _, err := m.legacy("resources/subscribe", `"uri":"note://`+m.name+`"`, nil); err != nil {
		return err
	}
	stop, err := m.listen("GET", "", map[string]string{"Mcp-Protocol-Version": "2025-11-25", "Mcp-Session-Id": m.session})
	if err != nil {
		return err
	}
	defer stop()
	err = m.rounds(func(marker string) error {
		said, err := m.legacy("tools/call", toolParams("tell", marker)+`,"_meta":{"progressToken":"`+marker+`"}`, nil)
		if err != nil {
			return err
		}
		if err := hears(said, marker, 3*tellSteps+1); err != nil {
			return err
		}
		if said, err = m.legacy("tools/call", toolParams("ask", marker), m.reply(marker)); err != nil {
			return err
		}
		if err := hears(said, marker, 3); err != nil {
			return err
		}
		return m.touch(func() (string, error) { return m.legacy("tools/call", toolParams("touch", m.name), nil) })
	})
	if err != nil {
		return err
	}
	stop()
	req, err := http.NewRequest("DELETE", m.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Mcp-Session-Id", m.session)
	res, err := m.http.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// reply answers the question on the stream of a call.
func (m *member) reply(marker string) func([]byte) error {
	return func(message []byte) error {
		var question struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
		}
		if json.Unmarshal(message, &question) != nil || question.Method != "elicitation/create" {
			return nil
		}
		_, err := m.post(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":{"echo":%q}}}`, question.ID, marker),
			map[string]string{"Mcp-Protocol-Version": "2025-11-25"}, nil)
		return err
	}
}

// modernListener watches a resource of its own by subscriptions/listen.
func (m *member) modernListener() error {
	body := m.request("subscriptions/listen", `"notifications":{"resourceSubscriptions":["note://`+m.name+`"]},"_meta":{`+
		`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`)
	stop, err := m.listen("POST", body, map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"})
	if err != nil {
		return err
	}
	defer stop()
	return m.rounds(func(marker string) error {
		if err := m.modernTell(marker); err != nil {
			return err
		}
		if err := m.modernAsk(marker); err != nil {
			return err
		}
		return m.touch(func() (string, error) { return m.modern("tools/call", "touch", toolParams("touch", m.name), "") })
	})
}

// touch changes the client's resource and waits for the word of it on the client's stream.
func (m *member) touch(call func() (string, error)) error {
	said, err := call()
	if err != nil {
		return err
	}
	if err := hears(said, m.name, 1); err != nil {
		return err
	}
	select {
	case update := <-m.updates:
		return hears(update, m.name, 1)
	case <-time.After(patience):
		return fmt.Errorf("nothing was said of note://%s", m.name)
	}
}

// listen opens a stream and hands on what it says of resources. It returns when the stream is open.
func (m *member) listen(method, body string, header map[string]string) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, method, m.url, strings.NewReader(body))
	if err != nil {
		cancel()
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := (&http.Client{Transport: m.http.Transport}).Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		cancel()
		return nil, fmt.Errorf("listen: %s", res.Status)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && m.strict && data != "" {
				if err := xmcp.CheckMessage(header["Mcp-Protocol-Version"], methodOf([]byte(body)), []byte(data)); err != nil {
					m.updates <- err.Error() // which is no word of the resource, and fails there
				}
			}
			if strings.Contains(lines.Text(), "notifications/resources/updated") {
				m.updates <- lines.Text()
			}
		}
	}()
	return func() {
		cancel()
		<-ended
		_ = res.Body.Close()
	}, nil
}
