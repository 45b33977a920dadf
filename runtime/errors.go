package xmcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// UserError makes an error whose text is meant for the model and the person in front of it: it is sent even when
// [Config].MaskErrors hides all others, and is an answer rather than a failure, so it is not logged. Arguments are as for
// [fmt.Errorf], %w included.
func UserError(format string, args ...any) error { return &userError{fmt.Errorf(format, args...)} }

type userError struct{ err error }

func (e *userError) Error() string { return e.err.Error() }
func (e *userError) Unwrap() error { return e.err }

// ProtocolError is a JSON-RPC error that a handler answers with in place of a result. Most failures are no protocol errors:
// return an ordinary error, so that the model can read it. Codes of an application's own lie outside -32768 to -32000 (JSON-RPC
// 2.0, section 5.1).
type ProtocolError struct {
	Code    int
	Message string
	// Data is sent as JSON; nil leaves it out.
	Data any
}

func (e *ProtocolError) Error() string { return e.Message + " (" + strconv.Itoa(e.Code) + ")" }

func (e *ProtocolError) wire() *wire.Error {
	w := wire.NewError(e.Code, e.Message)
	if e.Data != nil {
		if data, err := json.Marshal(e.Data); err == nil {
			w.Data = data
		}
	}
	return w
}

// InvalidParams is the [ProtocolError] for a request that cannot be served as it is (-32602).
func InvalidParams(format string, args ...any) error {
	return &ProtocolError{Code: wire.CodeInvalidParams, Message: fmt.Sprintf(format, args...)}
}

// ErrNotFound tells that a resource does not exist. A resource handler that returns it, or an error that wraps it, is answered
// with the protocol's own error for that: -32602 in 2026-07-28, -32002 before.
var ErrNotFound = errors.New("resource not found")

// Violation is one thing that is wrong with the arguments of a call.
type Violation struct {
	// Path leads to the value: "$.items[3].name"; "$" is the arguments as a whole.
	Path string
	// Message says in plain words what is wrong: "must be at least 1".
	Message string
}

// ValidationError holds everything that is wrong with the arguments of a call.
type ValidationError struct{ Violations []Violation }

// Error lists all violations, one a line.
func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString("invalid arguments:")
	for _, v := range e.Violations {
		b.WriteString("\n- ")
		b.WriteString(v.Path)
		b.WriteString(": ")
		b.WriteString(v.Message)
	}
	return b.String()
}

// reference is the id under which the audit record and the log are found. Without a trail each failure has its own.
func (c *call) reference() string {
	if c.trail != nil {
		return c.trail.id
	}
	return newReference()
}

// logFailure logs an error under an id and returns the id, so that what a client reports can be found.
func (c *call) logFailure(what string, err error, attrs ...slog.Attr) string {
	id := c.reference()
	attrs = append(attrs, slog.String("id", id), slog.String("method", c.msg.Method), slog.String("error", err.Error()))
	if p := c.principal; p != nil {
		attrs = append(attrs, slog.String("subject", p.Subject), slog.String("organization", p.Organization))
	}
	c.srv.log.LogAttrs(c.ctx, slog.LevelError, what, attrs...)
	return id
}

// panicked logs a panic with its stack. The process lives on, and the client learns nothing but an id.
func (c *call) panicked(p any, stack []byte) error {
	id := c.logFailure("panic in handler", fmt.Errorf("%v", p), slog.String("stack", string(stack)))
	return wire.NewError(wire.CodeInternalError, "internal error (id "+id+")")
}

// inOneLine lets an error that was joined of several ([errors.Join]) have a text of one line, as operators read it and logs keep it.
func inOneLine(err error) error {
	if err == nil || !strings.Contains(err.Error(), "\n") {
		return err
	}
	return &oneLine{err}
}

type oneLine struct{ err error }

func (e *oneLine) Error() string { return strings.ReplaceAll(e.err.Error(), "\n", "; ") }
func (e *oneLine) Unwrap() error { return e.err }
