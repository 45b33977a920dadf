package xmcp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// pending are the server's own requests that wait for a legacy client's response. The zero value is ready to use.
type pending struct {
	mu   sync.Mutex
	byID map[string]chan reply
}

type reply struct {
	result json.RawMessage
	err    error
}

func (p *pending) add(id string) <-chan reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byID == nil {
		p.byID = map[string]chan reply{}
	}
	ch := make(chan reply, 1)
	p.byID[id] = ch
	return ch
}

func (p *pending) take(id string) chan reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	ch := p.byID[id]
	delete(p.byID, id)
	return ch
}

// resolve hands a client's response to the call that waits for it; false means that none does.
func (p *pending) resolve(m *wire.Message) bool {
	id, err := wire.Unquote(m.ID)
	if err != nil {
		return false
	}
	ch := p.take(id)
	if ch == nil {
		return false
	}
	if m.Error != nil {
		ch <- reply{err: clientError(m.Error)}
	} else {
		ch <- reply{result: m.Result}
	}
	return true
}

func clientError(raw []byte) error {
	var e struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return errors.New("the client answered with an error that is not one of JSON-RPC")
	}
	return fmt.Errorf("the client answered with an error: %s (%d)", e.Message, e.Code)
}

// answerable tells whether a legacy client can be asked: it needs a session to answer in, and a stream to be asked on.
func (c *call) answerable() bool {
	if c.session == nil {
		return false
	}
	s, ok := c.out.(interface{ live() bool })
	return ok && s.live()
}

// askNow asks a legacy client on the call's own stream and waits. The clock of the call stands still meanwhile, and others
// may use its slot.
func (c *call) askNow(q question) error {
	if !c.answerable() {
		return fmt.Errorf("ask %q: %w: the connection has no session or no stream to ask on", q.key, ErrNotSupported)
	}
	if lacks := q.needs &^ c.abilities(); lacks != 0 {
		return fmt.Errorf("ask %q: %w: it did not declare %s", q.key, ErrNotSupported, lacks)
	}
	id := rand.Text()
	answered := c.session.pending.add(id)
	defer c.session.pending.take(id)
	msg := append([]byte(`{"jsonrpc":"2.0","id":"`), id...)
	msg = append(msg, `","method":`...)
	msg = append(wire.AppendString(msg, q.method), `,"params":`...)
	msg = append(append(msg, q.params...), '}')
	unpark, err := c.park() // before the question is out, since its answer gets into a draining server by that
	if err != nil {
		return fmt.Errorf("ask %q: %w", q.key, err)
	}
	resume := c.ctx.pause()
	r := reply{err: c.out.send(msg)}
	if r.err == nil {
		select {
		case r = <-answered:
		case <-c.ctx.Done():
			r.err = context.Cause(c.ctx)
		}
	}
	unpark()
	resume()
	if r.err == nil {
		// What the person said reads the same in both eras.
		if r.err = q.read(r.result); !errors.Is(r.err, errUnfit) {
			return r.err
		}
	}
	if r.err != nil {
		return fmt.Errorf("ask %q: %w", q.key, r.err)
	}
	return nil
}
