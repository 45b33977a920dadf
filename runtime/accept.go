package xmcp

import (
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// accept takes a message that is not answered: a notification, or the response to a question of the server's. Unknown ones
// are ignored, as JSON-RPC asks.
func (c *call) accept() {
	if c.session != nil && c.msg.IsResponse() {
		c.session.pending.resolve(c.msg)
		return
	}
	if c.msg.Method == wire.NotifyCancelled && c.session != nil {
		if id := c.msg.Params.Get("requestId"); id != nil {
			c.session.flights.cancel(id)
		}
	}
}

// subscribe and unsubscribe answer for resources that may change. Unknown ones are refused.
func (c *call) subscribe(dst []byte) ([]byte, error)   { return c.knownResource(dst) }
func (c *call) unsubscribe(dst []byte) ([]byte, error) { return c.knownResource(dst) }

func (c *call) knownResource(dst []byte) ([]byte, error) {
	return nil, methodNotFound(c.msg.Method)
}
