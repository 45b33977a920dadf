package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const callbackPath = "/callback"

// callback is the loopback port to which the browser brings the answer (RFC 8252 section 7.3).
type callback struct {
	url    string
	server *http.Server
	state  string
	as     *authServer
	answer chan answer
}

type answer struct {
	code string
	err  error
}

// listen opens the port. state ties the answer to this sign-in.
func listen(port int, state string, as *authServer) (*callback, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("wait for the browser's answer: %w", err)
	}
	c := &callback{url: "http://" + l.Addr().String() + callbackPath, state: state, as: as, answer: make(chan answer, 1)}
	c.server = &http.Server{Handler: c, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	go func() { _ = c.server.Serve(l) }() // ends when the callback is closed
	return c, nil
}

// ServeHTTP takes the answer. One with another state is not for us and changes nothing.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	q := r.URL.Query()
	if r.Method != http.MethodGet || r.URL.Path != callbackPath || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
		http.Error(w, "There is nothing here.", http.StatusNotFound)
		return
	}
	a := c.read(q)
	text := "You are signed in. Go back to the terminal; this page can be closed.\n"
	if a.err != nil {
		w.WriteHeader(http.StatusBadRequest)
		text = "Signing in has failed. The terminal says why; this page can be closed.\n"
	}
	_, _ = w.Write([]byte(text))
	select {
	case c.answer <- a:
	default: // the first one counts
	}
}

// read checks an answer. A server that says it names itself must do so, and rightly (RFC 9207 section 2.4).
func (c *callback) read(q url.Values) answer {
	if iss := q.Get("iss"); iss != c.as.Issuer && (iss != "" || c.as.IssInResponse) {
		return answer{err: fmt.Errorf("the answer is of the issuer %q, want %q", iss, c.as.Issuer)}
	}
	if code := q.Get("error"); code != "" {
		e := &oauthError{Code: code, Description: q.Get("error_description")}
		if code == "access_denied" {
			return answer{err: errors.New("the sign-in was denied")}
		}
		return answer{err: fmt.Errorf("the authorization server refuses: %.300q", e.Error())}
	}
	if q.Get("code") == "" {
		return answer{err: errors.New("the answer has no code")}
	}
	return answer{code: q.Get("code")}
}

func (c *callback) wait(ctx context.Context) (string, error) {
	select {
	case a := <-c.answer:
		return a.code, a.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return "", errors.New("nobody has signed in in time; an empty sign-in page means that no authentication method is enabled at the authorization server")
		}
		return "", ctx.Err()
	}
}

// close lets the page of the answer reach the browser.
func (c *callback) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if c.server.Shutdown(ctx) != nil {
		_ = c.server.Close()
	}
}
