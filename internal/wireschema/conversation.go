package wireschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
)

const initialize = "initialize"

// The revisions of the protocol that are served.
const (
	version20250326 = "2025-03-26"
	version20250618 = "2025-06-18"
	version20251125 = "2025-11-25"
	version20260728 = "2026-07-28"
)

func isLegacy(revision string) bool {
	return revision == version20250326 || revision == version20250618 || revision == version20251125
}

// Conversation is what one client and the server say to each other: on stdio all of it, on HTTP that of one session, or one
// request without a session. The zero value is ready; all methods are safe for concurrent use.
type Conversation struct {
	mu     sync.Mutex
	agreed string // the revision that initialize agreed on
	spoken []string
	asked  map[string][]question // by id; a client may use an id again
}

type question struct{ method, revision string }

// Sent notes a message of the client, or a batch. declared is the MCP-Protocol-Version header, empty where there is none.
func (c *Conversation) Sent(declared string, message []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range elements(message) {
		m := readRequest(b)
		q := question{m.method, c.revision(declared, m.modern)}
		if q.method != initialize { // the answer tells its revision
			c.speak(q.revision)
		}
		if m.id != nil && m.method != "" && !slices.Contains(c.asked[string(m.id)], q) {
			if c.asked == nil {
				c.asked = map[string][]question{}
			}
			id := string(m.id)
			c.asked[id] = append(c.asked[id], q)
		}
	}
}

// request is what decides how a message of the client is answered.
type request struct {
	id     json.RawMessage
	method string
	modern bool // _meta names a revision
}

// readRequest reads keys as they are spelled, as the server does; what is no message has nothing.
func readRequest(b []byte) (r request) {
	var m, params, meta map[string]json.RawMessage
	if json.Unmarshal(b, &m) != nil {
		return r
	}
	_ = json.Unmarshal(m["method"], &r.method) // what is missing or of another type is not there
	_ = json.Unmarshal(m["params"], &params)
	_ = json.Unmarshal(params["_meta"], &meta)
	_, r.modern = meta["io.modelcontextprotocol/protocolVersion"]
	r.id = m["id"]
	return r
}

// revision decides as the server does: by the request alone, and by the session where a legacy request names none.
func (c *Conversation) revision(declared string, hasMeta bool) string {
	switch {
	case hasMeta:
		return version20260728
	case declared != "" && isLegacy(declared):
		return declared
	case declared != "":
		return version20260728 // also for what is not served: the error tells which revisions are
	case c.agreed != "":
		return c.agreed
	}
	return version20250326 // MCP 2025-11-25, basic/transports: what a missing header means
}

func (c *Conversation) speak(revision string) {
	if !slices.Contains(c.spoken, revision) {
		c.spoken = append(c.spoken, revision)
	}
}

// Received checks a message of the server, or a batch.
func (c *Conversation) Received(message []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, b := range elements(message) {
		if err := c.check(b); err != nil {
			errs = append(errs, fmt.Errorf("%.2000s\n%w", b, err))
		}
	}
	return errors.Join(errs...)
}

// check takes a message as good if it is a good answer to one of the requests that had its id. What answers nothing must be
// good in a revision that is spoken here.
func (c *Conversation) check(message []byte) error {
	var m struct {
		ID     json.RawMessage
		Method *string
		Result *struct{ ProtocolVersion string }
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return fmt.Errorf("not a message: %w", err)
	}
	possible := c.asked[string(m.ID)]
	if m.Method != nil || len(possible) == 0 {
		possible = nil
		for _, revision := range c.spoken {
			possible = append(possible, question{"", revision})
		}
		if len(possible) == 0 {
			possible = []question{{"", c.revision("", false)}}
		}
	}
	var errs []error
	for _, q := range possible {
		if q.method == initialize && m.Result != nil {
			q.revision = m.Result.ProtocolVersion
		}
		err := Check(q.revision, q.method, message)
		if err == nil {
			if q.method == initialize && m.Result != nil {
				c.agreed = q.revision
				c.speak(q.revision)
			}
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// elements are the messages of a batch, or the one message.
func elements(message []byte) [][]byte {
	message = bytes.TrimSpace(message)
	var list []json.RawMessage
	if len(message) == 0 || message[0] != '[' || json.Unmarshal(message, &list) != nil || len(list) == 0 {
		return [][]byte{message}
	}
	out := make([][]byte, len(list))
	for i, m := range list {
		out[i] = m
	}
	return out
}
