package scalekitdev

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// Bounds on client id metadata documents (draft-ietf-oauth-client-id-metadata-document, section 6).
const (
	maxClientDocument    = 5 << 10
	clientFetchTime      = 5 * time.Second
	clientDocumentMemory = time.Minute
)

// document is a client that was found at its id.
type document struct {
	client *client
	until  time.Time
}

// documented returns the client that a document describes. A good one is remembered for a while.
//
// Well-known clients have their documents in the internet, and a stand-in is for machines without: a client whose document is
// out of reach is let in if it sends people to this machine, and the page says so.
func (s *StandIn) documented(ctx context.Context, id string) (*client, error) {
	s.mu.Lock()
	d, ok := s.documents.get(id)
	s.mu.Unlock()
	if ok && s.clock().Before(d.until) {
		return d.client, nil
	}
	c, err := s.fetchClient(ctx, id)
	var unreachable *unreachableError
	if errors.As(err, &unreachable) && !s.cfg.StrictClientDocuments {
		c, err = &client{ID: id, AuthMethod: "none", unread: unreachable.host}, nil
	}
	if err != nil {
		return nil, err
	}
	until := s.clock().Add(clientDocumentMemory)
	s.locked(func() { s.documents.put(id, &document{c, until}) })
	return c, nil
}

// unreachableError tells that nothing was heard from the host of a document.
type unreachableError struct{ host string }

func (e *unreachableError) Error() string {
	return "the client's document cannot be had from " + e.host
}

func (s *StandIn) fetchClient(ctx context.Context, id string) (*client, error) {
	u, err := url.Parse(id)
	if err != nil || u.Host == "" || u.Path == "" || u.Path == "/" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("the client id is no URL of a document")
	}
	ctx, cancel := context.WithTimeout(ctx, clientFetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, id, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := s.documentClient().Do(req)
	if err != nil {
		if neverReached(err) {
			return nil, &unreachableError{u.Host}
		}
		return nil, errors.New("the client's document cannot be had")
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxClientDocument+1))
	if err != nil || res.StatusCode != http.StatusOK || len(body) > maxClientDocument {
		return nil, errors.New("the client's document cannot be had, or is too long")
	}
	c := &client{}
	if err := json.Unmarshal(body, c); err != nil || c.ID != id || c.Secret != "" || len(c.RedirectURIs) == 0 {
		return nil, errors.New("the client's document is malformed, or of another client")
	}
	c.AuthMethod = "none"
	return c, nil
}

// neverReached tells whether a request failed before a connection was there, for a reason of the network's.
func neverReached(err error) bool {
	var private *privateError
	var name *net.DNSError
	var op *net.OpError
	return !errors.As(err, &private) && (errors.As(err, &name) || errors.As(err, &op) && op.Op == "dial")
}

// documentClient follows no redirects and reaches no private address, whatever the name resolves to.
func (s *StandIn) documentClient() *http.Client {
	c := &http.Client{Timeout: clientFetchTime}
	if s.cfg.HTTPClient != nil {
		*c = *s.cfg.HTTPClient
	} else if !s.cfg.AllowPrivateCIMD {
		dialer := &net.Dialer{Timeout: clientFetchTime, Control: publicOnly}
		c.Transport = &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("redirects are not followed") }
	return c
}

// privateError tells that an address is not public.
type privateError struct{ address string }

func (e *privateError) Error() string { return fmt.Sprintf("address %s is not public", e.address) }

func publicOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return &privateError{address}
	}
	return nil
}
