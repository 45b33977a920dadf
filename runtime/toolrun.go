package xmcp

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"runtime/debug"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// toolOutput is what a handler returned: a text, a result or a value.
type toolOutput struct {
	text   string
	result *Result
	value  any // a pointer to the value
	kind   outputKind
}

type outputKind uint8

const (
	noOutput outputKind = iota
	textOutput
	resultOutput
	valueOutput
)

// errNoValue is the failure of a handler that returns neither a value nor an error.
var errNoValue = errors.New("the tool returned neither a value nor an error")

// setOutput keeps the value that a handler returned, without boxing strings. Output schemas describe a struct behind a pointer,
// and a map, as an object: a nil map is an empty one, and a nil pointer is a failure of the handler.
func setOutput[Out any](o *toolOutput, out *Out) error {
	switch v := any(out).(type) {
	case *string:
		o.kind, o.text = textOutput, *v
	case **Result:
		o.kind, o.result = resultOutput, *v
		if o.result == nil {
			o.result = &Result{}
		}
	default:
		kept := new(*out) // so that texts need no memory of their own
		o.kind, o.value = valueOutput, kept
		switch v := reflect.ValueOf(kept).Elem(); {
		case v.Kind() == reflect.Map && v.IsNil():
			v.Set(reflect.MakeMap(v.Type()))
		case v.Kind() == reflect.Pointer && v.IsNil() && v.Type().Elem().Kind() == reflect.Struct:
			return errNoValue
		}
	}
	return nil
}

// runAndEncode runs the handler, through the middleware where there is any, and appends what it returned. A panic in any of
// it, encoding included, becomes an error.
func (c *call) runAndEncode(dst []byte, t *tool, raw []byte) (result []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, c.toolPanicked(t, p, debug.Stack())
		}
	}()
	out := &c.output
	if t.run == nil {
		c.input = t.input(raw)
		err = t.item.Handler.run(c.ctx, &c.input, out)
	} else {
		err = c.runMiddleware(t, raw, out)
	}
	if err != nil {
		return nil, err
	}
	return c.appendToolOutput(dst, t, out)
}

func (c *call) runMiddleware(t *tool, raw []byte, out *toolOutput) error {
	in := &ToolCall{Name: t.item.Name, Position: t.item.Position, Metadata: &t.item.Metadata, Principal: c.principal, Arguments: raw}
	result, err := t.run(c.ctx, in)
	if err != nil {
		return err
	}
	if result == nil {
		return errors.New("tool middleware returned neither a result nor an error")
	}
	out.result, out.kind = result, resultOutput
	return nil
}

// wrapTool puts the plugins' tool middleware around a tool, the first one outermost; nil without any.
func (s *Server) wrapTool(t *tool) ToolFunc {
	if len(s.toolMW) == 0 {
		return nil
	}
	run := func(ctx context.Context, tc *ToolCall) (result *Result, err error) {
		defer func() {
			if p := recover(); p != nil { // here, so that middleware sees a failed call and not a panic
				result, err = nil, callOf(ctx).toolPanicked(t, p, debug.Stack())
			}
		}()
		in := t.input(tc.Arguments)
		var out toolOutput
		if err := t.item.Handler.run(ctx, &in, &out); err != nil {
			return nil, err
		}
		return out.asResult()
	}
	for i := len(s.toolMW) - 1; i >= 0; i-- {
		run = s.toolMW[i](run)
	}
	return run
}

// asResult shows middleware what the handler returned. The text of a structured value is written when it is sent.
func (o *toolOutput) asResult() (*Result, error) {
	switch o.kind {
	case noOutput:
		return &Result{Content: []Content{}}, nil
	case resultOutput:
		return o.result, nil
	case textOutput:
		return &Result{Content: []Content{Text(o.text)}}, nil
	}
	value := reflect.ValueOf(o.value).Elem().Interface()
	if value == nil { // an interface without a value is null in JSON, while a nil Structured leaves it out
		return &Result{Structured: json.RawMessage("null")}, nil
	}
	return &Result{Structured: value}, nil
}

// toolFailed answers with a tool error, which the model can read, unless the handler asked for a protocol error.
func (c *call) toolFailed(dst []byte, t *tool, err error) ([]byte, error) {
	var protocol *ProtocolError
	var w *wire.Error
	if errors.As(err, &protocol) || errors.As(err, &w) || errors.Is(err, ErrInputRequired) {
		return nil, err
	}
	var invalid *ValidationError
	var user *userError
	var masked *maskedError
	switch {
	case errors.As(err, &invalid):
		return c.appendToolError(dst, invalid), nil
	case errors.As(err, &user):
		return c.appendToolError(dst, user), nil
	case errors.As(err, &masked):
		return c.appendToolError(dst, masked), nil
	case errors.Is(err, ErrDeclined), errors.Is(err, ErrCancelled): // an answer, not a failure
		return c.appendToolError(dst, err), nil
	}
	id := c.logToolError(t, err)
	if c.srv.cfg.MaskErrors {
		return c.appendToolError(dst, &maskedError{id}), nil
	}
	return c.appendToolError(dst, err), nil
}

// maskedError hides an error behind the id that it was logged with.
type maskedError struct{ id string }

func (e *maskedError) Error() string { return "internal error (id " + e.id + ")" }
