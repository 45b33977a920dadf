package xmcp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Outcomes of an audit record.
const (
	outcomeOK        = "ok"
	outcomeAsked     = "input_required" // the client is asked, and the call comes again with the answer
	outcomeToolError = "tool_error"
	outcomeError     = "error" // a protocol error, whose code is in the record
	outcomeDenied    = "denied"
	outcomeRefused   = "refused"
	outcomeCancelled = "cancelled"
	outcomeTimeout   = "timeout"
)

// maxAudited bounds what a client has a say in.
const maxAudited = 128

// auditor writes a record for each request and each refusal: who, what, how it ended. Arguments, results, tokens and the text of
// errors are never in it. A nil one writes nothing.
type auditor struct {
	sink slog.Handler
	file *auditFile // nil where the sink is the app's own
}

// newAuditor returns the auditor of a configuration, nil without a sink.
func newAuditor(c Config) *auditor {
	if c.Audit != nil {
		return &auditor{sink: c.Audit.Handler()}
	}
	var w io.Writer
	a := &auditor{}
	switch c.AuditLog {
	case "":
		return nil
	case "-":
		w = c.stdout
	case "stderr":
		w = c.stderr
	default:
		a.file = &auditFile{path: c.AuditLog, log: c.Logger}
		w = a.file
	}
	a.sink = slog.NewJSONHandler(w, nil)
	return a
}

// open makes sure that records can be written.
func (a *auditor) open() error {
	if a == nil || a.file == nil {
		return nil
	}
	return a.file.open()
}

func (a *auditor) close() error {
	if a == nil || a.file == nil {
		return nil
	}
	return a.file.close()
}

func (a *auditor) write(level slog.Level, msg string, attrs []slog.Attr) {
	if !a.sink.Enabled(context.Background(), level) {
		return
	}
	rec := slog.NewRecord(time.Now().UTC(), level, msg, 0)
	rec.AddAttrs(attrs...)
	_ = a.sink.Handle(context.Background(), rec) // the file tells the server's log
}

// trail is what the audit record of a call needs besides the call itself. Without an auditor a call has none; all methods
// take that.
type trail struct {
	id      string
	started time.Time
	failed  bool   // the result is a tool error
	asked   bool   // the result asks the client
	denied  string // the scope or permission that was missing
	written bool
	request *auditedRequest // by which the call came; nil on stdio
}

func (a *auditor) begin() *trail {
	if a == nil {
		return nil
	}
	return &trail{id: newReference(), started: time.Now()}
}

func newReference() string { return rand.Text()[:12] }

func (t *trail) fail() {
	if t != nil {
		t.failed = true
	}
}

func (t *trail) ask() {
	if t != nil {
		t.asked = true
	}
}

func (t *trail) deny(kind, name string) {
	if t != nil && t.denied == "" {
		t.denied = "missing " + kind + " " + name
	}
}

// readResult looks for a tool error in the result of an upstream.
func (t *trail) readResult(result []byte) {
	var r struct {
		IsError bool `json:"isError"`
	}
	if t != nil && json.Unmarshal(result, &r) == nil && r.IsError {
		t.failed = true
	}
}

// record writes the audit record of a call that has ended, once. code is that of its protocol error, 0 without.
func (c *call) record(code int) {
	t := c.trail
	if t == nil || t.written {
		return
	}
	t.written = true
	if t.request != nil {
		t.request.recorded.Store(true)
	}
	outcome := outcomeOK
	switch {
	case t.denied != "" && c.msg.Method != wire.SubscriptionsListen: // which leaves out what may not be watched
		outcome = outcomeDenied
	case t.asked:
		outcome = outcomeAsked
	case code == 0 && !t.failed:
	case errors.Is(c.endedBy(), errCancelled):
		outcome = outcomeCancelled
	case errors.Is(c.endedBy(), context.DeadlineExceeded):
		outcome = outcomeTimeout
	case code != 0:
		outcome = outcomeError
	default:
		outcome = outcomeToolError
	}
	attrs := append(make([]slog.Attr, 0, 16), slog.String("id", t.id), slog.String("request_id", auditedID(c.msg.ID)))
	attrs = appendCaller(attrs, c.principal)
	attrs = append(attrs, slog.String("method", bounded(c.msg.Method)))
	if kind, name := c.auditedItem(); name != "" {
		attrs = append(attrs, slog.String(kind, bounded(name)))
	}
	attrs = append(attrs, slog.String("outcome", outcome))
	switch {
	case c.challenge != nil:
		attrs = append(attrs, slog.Int("status", c.challenge.status()))
	case code != 0:
		attrs = append(attrs, slog.Int("code", code))
	}
	if t.denied != "" {
		attrs = append(attrs, slog.String("reason", t.denied))
	}
	attrs = append(attrs, sinceStart(t.started))
	if c.header == nil {
		attrs = append(attrs, slog.String("transport", "stdio"))
	} else if t.request != nil {
		attrs = append(attrs, slog.String("transport", "http"), slog.String("remote", t.request.remote))
	}
	level := slog.LevelInfo
	if outcome == outcomeDenied {
		level = slog.LevelWarn
	}
	c.srv.audit.write(level, "call", attrs)
}

// recordError is [call.record] for a message that could not be read.
func (c *call) recordError(err error) {
	var e *wire.Error
	if c.trail != nil && errors.As(err, &e) {
		c.record(e.Code)
	}
}

// endedBy is why the context of the call has ended, nil if it has not, or has not begun.
func (c *call) endedBy() error {
	if c.ctx.parent == nil {
		return nil
	}
	return c.ctx.reason()
}

// auditedItem is what a request is about, as the server knows it: of a resource by template the template, since the URI holds the
// arguments.
func (c *call) auditedItem() (kind, name string) {
	if !c.msg.IsRequest() {
		return "", ""
	}
	cat := c.srv.catalog.Load()
	resource := func(p *wire.Params) string {
		uri, _ := p.String("uri")
		if cat.resources.byKey[uri] != nil || cat.templates.byKey[uri] != nil {
			return uri
		}
		for _, key := range cat.templates.keys {
			if _, fits := cat.templates.byKey[key].match(uri); fits {
				return key
			}
		}
		return ""
	}
	p := &c.msg.Params
	switch c.msg.Method {
	case wire.ToolsCall:
		name, _ = p.String("name")
		return "tool", name
	case wire.PromptsGet:
		name, _ = p.String("name")
		return "prompt", name
	case wire.ResourcesRead, wire.ResourcesSubscribe, wire.ResourcesUnsubscribe:
		return "resource", resource(p)
	case wire.CompletionComplete:
		ref, err := p.Object("ref")
		if err != nil || ref == nil {
			return "", ""
		}
		if name, _ = ref.String("name"); name != "" {
			return "prompt", name
		}
		return "resource", resource(ref)
	}
	return "", ""
}

func appendCaller(attrs []slog.Attr, p *Principal) []slog.Attr {
	if p == nil {
		return attrs
	}
	for _, a := range []slog.Attr{slog.String("subject", p.Subject), slog.String("organization", p.Organization), slog.String("client", p.Client)} {
		if a.Value.String() != "" {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

func sinceStart(t time.Time) slog.Attr {
	return slog.Float64("duration_ms", float64(time.Since(t).Microseconds())/1000)
}

// auditedID is the id that the client gave to its request.
func auditedID(raw []byte) string {
	if s, err := wire.Unquote(raw); err == nil {
		return bounded(s)
	}
	return bounded(string(raw))
}

func bounded(s string) string {
	if len(s) > maxAudited {
		return strings.ToValidUTF8(s[:maxAudited], "") + "…"
	}
	return s
}

// auditedRequest is one HTTP request to the endpoint while it is audited. What its calls do not record themselves, it does: a
// refusal before any call was read, and streams of sessions.
type auditedRequest struct {
	http.ResponseWriter
	started   time.Time
	principal *Principal
	status    int
	endpoint  bool // the request is for the endpoint
	reason    string
	remote    string
	recorded  atomic.Bool
}

type auditedKey struct{}

// over keeps which request a call came by.
func (t *trail) over(r *http.Request) {
	if t != nil {
		t.request, _ = r.Context().Value(auditedKey{}).(*auditedRequest)
	}
}

// watch audits what a handler serves. Its writer is an [*auditedRequest], and the context of its requests has it too, since
// middleware may bring writers of its own.
func (a *auditor) watch(next http.Handler) http.Handler {
	if a == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		aw := &auditedRequest{ResponseWriter: w, started: time.Now(), remote: r.RemoteAddr}
		defer a.finish(aw, r.Method)
		next.ServeHTTP(aw, r.WithContext(context.WithValue(r.Context(), auditedKey{}, aw)))
	})
}

// expected tells that the request has come to the endpoint, and not to a route or a health check.
func (w *auditedRequest) expected() {
	if w != nil {
		w.endpoint = true
	}
}

// because keeps why a request was refused; the first reason stays.
func (w *auditedRequest) because(reason string) {
	if w != nil && w.reason == "" {
		w.reason = reason
	}
}

// belongsTo keeps who has sent the request.
func (w *auditedRequest) belongsTo(p *Principal) {
	if w != nil {
		w.principal = p
	}
}

func (w *auditedRequest) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *auditedRequest) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Flush is for middleware that asks for [http.Flusher]; all else is found by Unwrap.
func (w *auditedRequest) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap is for [http.ResponseController].
func (w *auditedRequest) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish writes the record of a request whose calls have written none.
func (a *auditor) finish(w *auditedRequest, method string) {
	refused := w.status >= http.StatusBadRequest
	if w.recorded.Load() || !w.endpoint && w.reason == "" || !refused && method != http.MethodGet && method != http.MethodDelete {
		return
	}
	attrs := append(make([]slog.Attr, 0, 16), slog.String("id", newReference()))
	attrs = appendCaller(attrs, w.principal)
	level, msg, outcome := slog.LevelInfo, "call", outcomeOK
	if refused {
		level, msg, outcome = slog.LevelWarn, "refusal", outcomeRefused
		if w.reason == "" {
			w.reason = strings.ToLower(http.StatusText(w.status))
		}
	}
	attrs = append(attrs, slog.String("http_method", bounded(method)), slog.String("outcome", outcome))
	if w.status != 0 {
		attrs = append(attrs, slog.Int("status", w.status))
	}
	if w.reason != "" {
		attrs = append(attrs, slog.String("reason", w.reason))
	}
	a.write(level, msg, append(attrs, sinceStart(w.started), slog.String("transport", "http"), slog.String("remote", w.remote)))
}
