package remote

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxMessage bounds one message of a server.
const maxMessage = 64 << 20

// HTTP returns a client of the server at a URL. hc sends the requests, and signs in where that is needed.
func HTTP(endpoint, version string, hc *http.Client) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no http or https URL", endpoint)
	}
	return &Client{version: version, transport: &httpTransport{url: endpoint, http: hc}}, nil
}

type httpTransport struct {
	url     string
	http    *http.Client
	session string // of a legacy server
}

func (t *httpTransport) post(ctx context.Context, body []byte, headers http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = headers
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	if t.session != "" {
		req.Header.Set("Mcp-Session-Id", t.session)
	}
	res, err := t.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the caller knows the URL
		}
		return nil, fmt.Errorf("%s: %w", t.url, err)
	}
	return res, nil
}

func (t *httpTransport) exchange(ctx context.Context, c *Client, id int, body []byte, headers http.Header) (*reply, error) {
	res, err := t.post(ctx, body, headers)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if s := res.Header.Get("Mcp-Session-Id"); s != "" {
		t.session = s
	}
	bounded := io.LimitReader(res.Body, maxMessage+1)
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind == "text/event-stream" {
		return follow(bounded, c, id)
	}
	raw, err := io.ReadAll(bounded)
	if err != nil {
		return nil, err
	}
	if len(raw) > maxMessage {
		return nil, fmt.Errorf("the answer has more than %d bytes", maxMessage)
	}
	r, ours, err := read(raw, id)
	switch {
	case err == nil && ours:
		if r.Error != nil {
			r.Error.Status = res.StatusCode
		}
		return r, nil
	case res.StatusCode > 299:
		return nil, &Error{Status: res.StatusCode, Message: refusal(raw, kind)}
	case err == nil:
		err = errNoMessage
	}
	return nil, err
}

// refusal is what an answer that is no message says, in one line.
func refusal(raw []byte, kind string) string {
	if kind == "text/html" {
		return "a web page"
	}
	const most = 300
	text := strings.Join(strings.Fields(string(raw[:min(len(raw), most)])), " ")
	return strings.ToValidUTF8(text, "")
}

// follow reads a stream of events up to the response (WHATWG HTML section 9.2).
func follow(stream io.Reader, c *Client, id int) (*reply, error) {
	lines := bufio.NewReaderSize(stream, 64<<10)
	var data []byte
	for {
		line, err := lines.ReadBytes('\n')
		text := strings.TrimRight(string(line), "\r\n")
		if value, ok := strings.CutPrefix(text, "data:"); ok {
			if len(data) > 0 {
				data = append(data, '\n')
			}
			data = append(data, strings.TrimPrefix(value, " ")...)
		}
		if text == "" && len(data) > 0 {
			r, ours, bad := read(data, id)
			if bad != nil {
				return nil, bad
			}
			if ours {
				return r, nil
			}
			c.heard(r)
			data = nil
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil, errors.New("the server's stream ended before its answer")
		case err != nil:
			return nil, err
		}
	}
}

// heard passes a notification on.
func (c *Client) heard(r *reply) {
	if c.Notify != nil && r.Method != "" && len(r.ID) == 0 {
		c.Notify(r.Method, r.Params)
	}
}

func (t *httpTransport) notify(ctx context.Context, c *Client, body []byte) error {
	h := http.Header{}
	if c.protocol != "" {
		h.Set("MCP-Protocol-Version", c.protocol)
	}
	res, err := t.post(ctx, body, h)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, maxMessage))
	if res.StatusCode > 299 {
		return &Error{Status: res.StatusCode}
	}
	return err
}

// close ends the session of a legacy server. Servers may refuse that.
func (t *httpTransport) close() error {
	if t.session == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, t.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Mcp-Session-Id", t.session)
	res, err := t.http.Do(req)
	if err != nil {
		return nil // it is gone, and so is the session
	}
	return res.Body.Close()
}

// headerValue wraps what a header cannot carry as it is (MCP 2026-07-28, basic/transports/streamable-http, header encoding).
func headerValue(s string) string {
	plain := strings.TrimSpace(s) == s && !strings.HasPrefix(s, "=?base64?")
	for _, b := range []byte(s) {
		plain = plain && b >= ' ' && b < 0x7f
	}
	if plain {
		return s
	}
	return "=?base64?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}
