package scalekit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/oauth"
)

// Bounds on talking to Scalekit.
const (
	requestTimeout = 20 * time.Second
	tokenTimeout   = 10 * time.Second
	maxReply       = 4 << 20
	maxTries       = 3
	maxWait        = 10 * time.Second
)

// Client calls Scalekit's management API as the app. It is safe for concurrent use.
//
// Its token is fetched when it is needed and kept until a minute before it expires. A reply of 401 fetches a new one and tries
// once more. Reads are tried up to three times when the service is busy or out of reach; writes are never repeated.
type Client struct {
	base   string
	id     string
	secret *Secret // pointers, since fmt prints the fields of a Client that is a field itself
	http   *http.Client
	bad    error // what is wrong with the URL
	sleep  func(ctx context.Context, d time.Duration) error

	mu      sync.Mutex
	token   *Secret // nil when there is none
	expires time.Time
	running chan struct{} // closed when the fetch under way has ended; nil when none is
	failed  error         // of the last fetch
}

// NewClient returns a client for an environment. httpClient may be nil. Redirects are refused, so that credentials go nowhere
// else. A URL that is not https, beyond loopback, is the error of every call.
func NewClient(environmentURL, clientID string, clientSecret Secret, httpClient *http.Client) *Client {
	h := &http.Client{}
	if httpClient != nil {
		*h = *httpClient
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("redirects are not followed") }
	base := strings.TrimRight(environmentURL, "/")
	return &Client{base: base, id: clientID, secret: &clientSecret, http: h, bad: oauth.CheckURL("the environment", base), sleep: sleep}
}

// String hides the credentials.
func (c *Client) String() string { return "scalekit client of " + c.base }

// GoString hides the credentials.
func (c *Client) GoString() string { return c.String() }

// Do calls what has no method of its own. path begins with /api/ and has no empty and no dot segments; in is sent as JSON unless it is nil, and the reply is decoded into
// out unless that is nil. Escape what goes into the path with [url.PathEscape]. The error is an [*APIError] when Scalekit has
// refused.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	if err := errors.Join(c.bad, checkPath(path)); err != nil {
		return fmt.Errorf("scalekit: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("scalekit: %s %s: %w", method, path, err)
		}
	}
	renewed := false
	for try := 1; ; try++ {
		reply, err := c.send(ctx, method, path, body)
		if err == nil {
			if out == nil || len(reply) == 0 {
				return nil
			}
			if err := json.Unmarshal(reply, out); err != nil {
				return fmt.Errorf("scalekit: %s %s: %w", method, path, err)
			}
			return nil
		}
		var api *APIError
		if errors.As(err, &api) && api.HTTPStatus == http.StatusUnauthorized && !renewed {
			renewed = true
			c.drop()
			try--
			continue
		}
		wait, again := retryAfter(err, try)
		if method != http.MethodGet || !again || try >= maxTries {
			return fmt.Errorf("scalekit: %s %s: %w", method, path, err)
		}
		if c.sleep(ctx, wait) != nil {
			return fmt.Errorf("scalekit: %s %s: %w", method, path, err)
		}
	}
}

// checkPath refuses paths that lead somewhere else than they seem to: an id that is empty asks for the whole list, and one that is
// a step up for another thing altogether.
func checkPath(path string) error {
	if !strings.HasPrefix(path, "/api/") {
		return fmt.Errorf("path %q does not begin with /api/", path)
	}
	path, _, _ = strings.Cut(path, "?")
	for segment := range strings.SplitSeq(path[len("/api/"):], "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil || strings.ContainsAny(segment, "#\\") || plain == "" || plain == "." || plain == ".." {
			return fmt.Errorf("path %q has an id that is none", path)
		}
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	token, err := c.authorize(ctx)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+string(token))
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.exchange(req)
}

// exchange sends a request and returns the reply, or what is wrong with it.
func (c *Client) exchange(req *http.Request) ([]byte, error) {
	req.Header.Set("User-Agent", "xmcpgo")
	res, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the URL is named by the caller
		}
		return nil, &transportError{err}
	}
	defer func() { _ = res.Body.Close() }()
	reply, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	if err != nil {
		return nil, &transportError{err}
	}
	if len(reply) > maxReply {
		return nil, fmt.Errorf("the reply has more than %d bytes", maxReply)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, readError(res, reply)
	}
	return reply, nil
}

// transportError tells that no reply came.
type transportError struct{ err error }

func (e *transportError) Error() string { return e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }

// retryAfter tells whether a failure may pass, and how long to wait.
func retryAfter(err error, try int) (time.Duration, bool) {
	wait := time.Duration(1<<try) * 100 * time.Millisecond
	wait += rand.N(wait)
	var api *APIError
	var transport *transportError
	switch {
	case errors.As(err, &api):
		switch api.HTTPStatus {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return max(wait, min(api.RetryAfter, maxWait)), true
		}
		return 0, false
	case errors.As(err, &transport):
		return wait, true
	}
	return 0, false
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// authorize returns the app's token. One fetch serves all that wait for it, and goes on when the one that began it has given up.
func (c *Client) authorize(ctx context.Context) (Secret, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != nil && time.Now().Before(c.expires) {
		return *c.token, nil
	}
	for {
		if c.running == nil {
			c.running = make(chan struct{})
			go c.fetchToken(context.WithoutCancel(ctx))
		}
		done := c.running
		c.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
		}
		c.mu.Lock()
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if c.failed != nil {
			return "", c.failed
		}
		if c.token != nil {
			return *c.token, nil
		} // another request has found the token refused, and dropped it
	}
}

func (c *Client) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = nil
}

func (c *Client) fetchToken(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	token, lifetime, err := c.requestToken(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token, c.failed = nil, err; err == nil {
		c.token = &token
	}
	c.expires = time.Now().Add(lifetime - time.Minute)
	close(c.running)
	c.running = nil
}

// requestToken asks for a token by client credentials (RFC 6749 section 4.4).
func (c *Client) requestToken(ctx context.Context) (Secret, time.Duration, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id}, "client_secret": {string(*c.secret)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	reply, err := c.exchange(req)
	if err != nil {
		return "", 0, fmt.Errorf("fetch a token: %w", err)
	}
	var t struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if err := json.Unmarshal(reply, &t); err != nil || t.AccessToken == "" {
		return "", 0, errors.New("fetch a token: the reply has no access_token")
	}
	seconds, err := strconv.ParseInt(t.ExpiresIn.String(), 10, 32)
	if err != nil {
		seconds = 300
	}
	return Secret(t.AccessToken), time.Duration(seconds) * time.Second, nil
}
