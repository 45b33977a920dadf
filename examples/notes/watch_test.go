package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// The resources that a test announces to learn that a watcher has heard all that came before. Changes that a server announces
// at the same time may come in any order, so there are two.
const (
	almostEnd = "notes://ALMOST"
	end       = "notes://END"
)

// watcher listens for changes of resources (MCP 2026-07-28, basic/patterns/subscriptions).
type watcher struct {
	heard  chan string // URIs, from the acknowledgement on; closed at the end of the stream
	cancel context.CancelFunc
}

// watched are the URIs of notes, and those that end a test.
func watched(ids []string) []string {
	uris := []string{almostEnd, end}
	for _, id := range ids {
		uris = append(uris, "notes://"+id)
	}
	return uris
}

// watch begins to listen for changes of notes and returns when the server has agreed.
func (c *caller) watch(ctx context.Context, ids []string) (*watcher, error) {
	ctx, cancel := context.WithCancel(ctx)
	listener := *c
	listener.era = modern
	res, err := listener.post(ctx, "subscriptions/listen", "", map[string]any{"notifications": map[string]any{"resourceSubscriptions": watched(ids)}})
	if err != nil {
		cancel()
		return nil, err
	}
	return follow(res, cancel), nil
}

// watchSession does the same in the legacy era: by the stream of a session, with a subscription for each note (MCP 2025-11-25,
// server/resources).
func (c *caller) watchSession(ctx context.Context, ids []string) (*watcher, error) {
	ctx, cancel := context.WithCancel(ctx)
	w, err := c.openSession(ctx, ids, cancel)
	if err != nil {
		cancel()
	}
	return w, err
}

func (c *caller) openSession(ctx context.Context, ids []string, cancel context.CancelFunc) (*watcher, error) {
	listener := *c
	listener.era = legacy
	hello, err := listener.post(ctx, "initialize", "", map[string]any{"protocolVersion": legacy, "capabilities": map[string]any{}, "clientInfo": map[string]string{"name": "test", "version": "1"}})
	if err != nil {
		return nil, err
	}
	_ = hello.Body.Close()
	listener.session = hello.Header.Get("Mcp-Session-Id")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + c.token}, "Accept": {"text/event-stream"}, "Mcp-Protocol-Version": {legacy}, "Mcp-Session-Id": {listener.session}}
	res, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	for _, uri := range watched(ids) {
		if err := listener.request(ctx, "resources/subscribe", uri, map[string]any{"uri": uri}, &struct{}{}); err != nil {
			_ = res.Body.Close()
			return nil, err
		}
	}
	return follow(res, cancel), nil
}

// follow reads a stream from its first line on, which shows that the server has agreed.
func follow(res *http.Response, cancel context.CancelFunc) *watcher {
	w := &watcher{make(chan string, 1000), cancel}
	agreed := make(chan struct{})
	go w.read(res, agreed)
	<-agreed
	return w
}

// read follows the stream. Whatever happens to it, agreed is closed.
func (w *watcher) read(res *http.Response, agreed chan struct{}) {
	defer func() { _ = res.Body.Close() }()
	defer close(w.heard)
	waiting := true
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if waiting {
			waiting = false
			close(agreed)
		}
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		var message struct {
			Method string
			Params struct{ URI string }
		}
		if json.Unmarshal([]byte(data), &message) == nil && message.Method == "notifications/resources/updated" {
			w.heard <- message.Params.URI
		}
	}
	if waiting {
		close(agreed)
	}
}

// until returns what was heard before the last one, and whether that was heard at all.
func (w *watcher) until(last string) (uris []string, ok bool) {
	for uri := range w.heard {
		if uri == last {
			return uris, true
		}
		uris = append(uris, uri)
	}
	return uris, false
}

// listenIn lets everybody watch all notes while f runs. Nobody may hear of what happens to the notes of others.
func listenIn(ctx context.Context, server *xmcp.Server, people []*attacker, ids []string, f func()) {
	watchers := map[*watcher]*attacker{}
	for _, a := range people {
		for _, watch := range []func(context.Context, []string) (*watcher, error){a.watch, a.watchSession} {
			w, err := watch(ctx, ids)
			if err != nil {
				a.leak("cannot listen: %v", err)
				return
			}
			defer w.cancel()
			watchers[w] = a
		}
	}
	f()
	for _, last := range []string{almostEnd, end} {
		server.ResourceUpdated(last)
		for w, a := range watchers {
			uris, ok := w.until(last)
			if !ok {
				a.leak("the stream has ended")
			}
			for _, uri := range uris {
				if !a.owns(strings.TrimPrefix(uri, "notes://")) {
					a.leak("is told that %s has changed", uri)
				}
			}
		}
	}
}

// talkative is a store that tells everybody who listens when notes are deleted.
type talkative struct{ notes.Store }

func (s talkative) Clear(ctx context.Context, owner notes.Owner) (int, error) {
	ids, err := s.IDs(ctx, owner, "", 100)
	if err != nil {
		return 0, err
	}
	n, err := s.Store.Clear(ctx, owner)
	for _, id := range ids {
		xmcp.GetServer(ctx).ResourceUpdated("notes://" + id)
	}
	return n, err
}
