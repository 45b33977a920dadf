package wireschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

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
		var m wire.Message
		broken := wire.Parse(&m, b, wire.MaxDepth)
		q := question{m.Method, c.revision(declared, m.Params.Meta.HasVersion)}
		if q.method != wire.Initialize { // the answer tells its revision
			c.speak(q.revision)
		}
		if broken == nil && m.IsRequest() && !slices.Contains(c.asked[string(m.ID)], q) {
			if c.asked == nil {
				c.asked = map[string][]question{}
			}
			id := string(m.ID)
			c.asked[id] = append(c.asked[id], q)
		}
	}
}

// revision decides as the server does: by the request alone, and by the session where a legacy request names none.
func (c *Conversation) revision(declared string, hasMeta bool) string {
	switch {
	case hasMeta:
		return wire.Version20260728
	case declared != "" && wire.IsLegacy(declared):
		return declared
	case declared != "":
		return wire.Version20260728 // also for what is not served: the error tells which revisions are
	case c.agreed != "":
		return c.agreed
	}
	return wire.Version20250326 // MCP 2025-11-25, basic/transports: what a missing header means
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
		if q.method == wire.Initialize && m.Result != nil {
			q.revision = m.Result.ProtocolVersion
		}
		err := Check(q.revision, q.method, message)
		if err == nil {
			if q.method == wire.Initialize && m.Result != nil {
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
	if list, err := wire.AppendElements(nil, message, wire.MaxDepth); err == nil && len(list) > 0 {
		return list
	}
	return [][]byte{message}
}
