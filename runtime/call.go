package xmcp

import (
	"context"
	"errors"
	"net/http"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

var (
	errShutdown  = errors.New("the server is shutting down")
	errCancelled = errors.New("the client cancelled the request")
)

type callKey struct{}

// call is what is known of one request while it is answered.
type call struct {
	srv       *Server
	ctx       *callContext
	msg       *wire.Message
	era       wire.Era
	version   string
	session   *session // nil in the modern era and for legacy requests without a session
	principal *Principal
	header    http.Header // nil on stdio
	out       stream      // where notifications of this request go
	input     input       // of a tool without middleware
	output    toolOutput  // what it returned
	progress  progressState
	asked     asking
	// unfinished tells that the result asks the client for input; it has its own resultType.
	unfinished bool
	// meta is the _meta that the result brings; the server's own keys are added.
	meta map[string]any
	// challenge replaces the answer by an HTTP refusal: a scope is missing.
	challenge *Challenge
	trail     *trail // for the audit record; nil without a sink
}

// stream carries notifications of one request to its client. Send is called in the goroutine of the caller and returns when
// the message was written; it must be safe for concurrent use and drop messages after the answer was sent.
type stream interface {
	send(msg []byte) error
}

// callOf returns the request that a context belongs to, or nil.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// capabilities returns the raw capabilities of the client, or nil.
func (c *call) capabilities() []byte {
	if c.era == wire.Modern {
		return c.msg.Params.Meta.ClientCapabilities
	}
	if c.session != nil {
		return c.session.client.Capabilities
	}
	return nil
}
