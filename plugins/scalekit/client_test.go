package scalekit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
)

// script is an environment that answers one request after the other as it is written, and notes when they came.
type script struct {
	answers []func() (*http.Response, error)
	came    []time.Time
	tokens  int
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/oauth/token" {
		s.tokens++
		return reply(200, `{"access_token":"management","expires_in":3600}`)()
	}
	s.came = append(s.came, time.Now())
	if len(s.came) > len(s.answers) {
		return nil, errors.New("a request too many")
	}
	return s.answers[len(s.came)-1]()
}

func reply(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func reset() (*http.Response, error) { return nil, errors.New("connection reset by peer") }

// Reads are tried three times while the service is busy or out of reach, as far apart as it asks; writes never are, but for a token
// that is no longer good.
func TestOneRetryRule(t *testing.T) {
	type answers = []func() (*http.Response, error)
	good := reply(200, `{"user":{"id":"usr_1"},"organization":{"id":"org_1"}}`)
	read := func(ctx context.Context, c *scalekit.Client) error { _, err := c.GetUser(ctx, "usr_1"); return err }
	write := func(ctx context.Context, c *scalekit.Client) error { return c.RevokeSession(ctx, "ses_1") }
	change := func(ctx context.Context, c *scalekit.Client) error {
		_, err := c.UpdateOrganization(ctx, "org_1", scalekit.OrganizationUpdate{})
		return err
	}
	for _, tt := range []struct {
		name        string
		call        func(context.Context, *scalekit.Client) error
		answers     answers
		sent        int
		tokens      int
		least, most time.Duration
		target      error // nil when the call is to succeed
	}{
		{"good", read, answers{good}, 1, 1, 0, 0, nil},
		{"busy", read, answers{reply(503, ""), reply(502, ""), good}, 3, 1, 600 * time.Millisecond, 1200 * time.Millisecond, nil},
		{"out of time", read, answers{reply(504, ""), good}, 2, 1, 200 * time.Millisecond, 400 * time.Millisecond, nil},
		{"reset", read, answers{reset, reset, good}, 3, 1, 600 * time.Millisecond, 1200 * time.Millisecond, nil},
		{"too fast", read, answers{reply(429, "", "Retry-After", "3"), good}, 2, 1, 3 * time.Second, 3 * time.Second, nil},
		{"an hour", read, answers{reply(429, "", "Retry-After", "3600"), good}, 2, 1, 10 * time.Second, 10 * time.Second, nil},
		{"too fast for ever", read, answers{reply(429, ""), reply(429, ""), reply(429, ""), good}, 3, 1, 600 * time.Millisecond, 1200 * time.Millisecond, scalekit.ErrRateLimited},
		{"broken", read, answers{reply(500, ""), good}, 1, 1, 0, 0, errAny},
		{"forbidden", read, answers{reply(403, ""), good}, 1, 1, 0, 0, scalekit.ErrForbidden},
		{"token refused", read, answers{reply(401, ""), good}, 2, 2, 0, 0, nil},
		{"token refused twice", read, answers{reply(401, ""), reply(401, ""), good}, 2, 2, 0, 0, scalekit.ErrUnauthorized},
		{"write, busy", write, answers{reply(503, ""), good}, 1, 1, 0, 0, errAny},
		{"write, reset", write, answers{reset, good}, 1, 1, 0, 0, errAny},
		{"write, too fast", write, answers{reply(429, "", "Retry-After", "1"), good}, 1, 1, 0, 0, scalekit.ErrRateLimited},
		{"write, token refused", write, answers{reply(401, ""), good}, 2, 2, 0, 0, nil},
		{"change, busy", change, answers{reply(502, ""), good}, 1, 1, 0, 0, errAny},
		{"change, in conflict", change, answers{reply(409, ""), good}, 1, 1, 0, 0, scalekit.ErrConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: tt.answers}
				c := scalekit.NewClient("https://acme.scalekit.com", "skc_1", "hush", &http.Client{Transport: s})
				began := time.Now()
				err := tt.call(t.Context(), c)
				took := time.Since(began)
				if tt.target == nil != (err == nil) || tt.target != nil && tt.target != errAny && !errors.Is(err, tt.target) {
					t.Errorf("error %v", err)
				}
				if len(s.came) != tt.sent || s.tokens != tt.tokens || took < tt.least || took > tt.most {
					t.Errorf("%d requests and %d tokens in %v, want %d and %d in %v to %v", len(s.came), s.tokens, took, tt.sent, tt.tokens, tt.least, tt.most)
				}
			})
		})
	}
}

var errAny = errors.New("any error")

// Callers learn what Scalekit has said, in parts that code can ask for, and no more of it than a log can bear.
func TestErrorsAreTyped(t *testing.T) {
	s := &script{answers: []func() (*http.Response, error){reply(400, `{"code":3,"message":"bad","details":[{"@type":"x","error_code":"INVALID_ARGUMENT",
		"validation_error_info":{"field_violations":[{"field":"email","description":"is no address","constraint":"email"}]}},{"request_info":{"request_id":"req_1"}}]}`, "Retry-After", "7"),
		reply(400, `{"message":"`+strings.Repeat("x", 5000)+`"}`), reply(400, "<p>A proxy says no"), reply(200, `{"user":"`+strings.Repeat("x", 5<<20)+`"}`)}}
	c := scalekit.NewClient("https://acme.scalekit.com", "skc_1", "hush", &http.Client{Transport: s})
	_, err := c.GetUser(t.Context(), "usr_1")
	api, ok := errors.AsType[*scalekit.APIError](err)
	if !ok || api.HTTPStatus != 400 || api.Code != 3 || api.ErrorCode != "INVALID_ARGUMENT" || api.Message != "bad" || api.RequestID != "req_1" || api.RetryAfter != 7*time.Second ||
		len(api.Violations) != 1 || api.Violations[0] != (scalekit.FieldViolation{Field: "email", Description: "is no address", Constraint: "email"}) {
		t.Errorf("%+v", api)
	}
	if want := "scalekit: GET /api/v1/users/usr_1: status 400 INVALID_ARGUMENT: bad; email: is no address (request req_1)"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	for _, most := range []int{700, 100} {
		if _, err := c.GetUser(t.Context(), "usr_1"); err == nil || len(err.Error()) > most || strings.Contains(err.Error(), "proxy") {
			t.Errorf("%v", err)
		}
	}
	if _, err := c.GetUser(t.Context(), "usr_1"); err == nil || !strings.Contains(err.Error(), "more than 4194304 bytes") {
		t.Errorf("a reply of 5 MiB: %.200v", err)
	}
}

// Whatever prints a client or its configuration, in whatever form, prints no secret.
func TestSecretsAreUnprintable(t *testing.T) {
	s := &script{answers: []func() (*http.Response, error){reply(200, `{"user":{"id":"usr_1"}}`)}}
	cfg := scalekit.Config{ClientID: "skc_1", ClientSecret: "hush"}
	c := scalekit.NewClient("https://acme.scalekit.com", cfg.ClientID, cfg.ClientSecret, &http.Client{Transport: s})
	if _, err := c.GetUser(t.Context(), "usr_1"); err != nil { // it has a token now
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, l := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		l.Info("settings", "config", cfg, "pointer", &cfg, "secret", cfg.ClientSecret, "client", c, "list", []any{c, cfg, cfg.ClientSecret})
	}
	out := log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%c", "%z", "%08b"} {
		for _, v := range []any{c, reflect.ValueOf(c).Elem(), []any{c}, struct{ c *scalekit.Client }{c}, cfg, &cfg, cfg.ClientSecret, &cfg.ClientSecret,
			[]scalekit.Secret{"hush"}, map[scalekit.Secret]scalekit.Secret{"hush": "hush"}} {
			out += fmt.Sprintf(verb, v) + "\n"
		}
	}
	for _, secret := range []string{"hush", "management", "68757368", "68 75 73 68", "6D616E61"} {
		if i := strings.Index(strings.ToUpper(out), strings.ToUpper(secret)); i >= 0 {
			t.Errorf("%s is printed: …%s", secret, out[max(0, i-80):min(len(out), i+40)])
		}
	}
}

// The app's token is fetched once for all that need it, kept until a minute before it ends, and not lost when who began the fetch
// gives up.
func TestTokenIsFetchedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tokens, calls atomic.Int32
		c := scalekit.NewClient("https://acme.scalekit.com", "skc_1", "hush", &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path != "/oauth/token" {
				calls.Add(1)
				return reply(200, `{"user":{"id":"usr_1"}}`)()
			}
			tokens.Add(1)
			select {
			case <-time.After(3 * time.Second):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
			return reply(200, `{"access_token":"management","expires_in":3600}`)()
		})})
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.GetUser(impatient, "usr_1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gives up: %v", err)
		}
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				if _, err := c.GetUser(t.Context(), "usr_1"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tokens.Load() != 1 || calls.Load() != 32 {
			t.Errorf("%d tokens for %d calls", tokens.Load(), calls.Load())
		}
		for _, step := range []struct {
			wait   time.Duration
			tokens int32
		}{{58 * time.Minute, 1}, {2 * time.Minute, 2}, {time.Minute, 2}} {
			time.Sleep(step.wait)
			if _, err := c.GetUser(t.Context(), "usr_1"); err != nil || tokens.Load() != step.tokens {
				t.Errorf("%v later: %d tokens, want %d, %v", step.wait, tokens.Load(), step.tokens, err)
			}
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
