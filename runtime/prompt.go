package xmcp

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"

	"github.com/xmcpgo/xmcpgo/runtime/internal/args"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// prompt is a prompt that is ready to be listed and filled in.
type prompt struct {
	item   PromptItem
	acc    access
	dec    *args.Decoder
	listed []byte
}

func (p *prompt) access() *access { return &p.acc }

func newPrompt(item *PromptItem) (*prompt, error) {
	p := &prompt{item: *item} // a copy, since the registry may serve other servers too
	item = &p.item
	m := &item.Metadata
	if item.InputSchema == "" {
		item.InputSchema = emptySchema
	}
	err := errors.Join(checkName(item.Name, m.Name), checkDescription(item.Description, m.Description), checkSchema("input", item.InputSchema))
	if item.Handler.run == nil {
		err = errors.Join(err, errors.New("it has no handler"))
	}
	if err != nil {
		return nil, err
	}
	p.acc = access{m.Scopes, m.Permissions, m.Visible}
	if p.dec, err = newDecoder(item.Handler.in, item.InputSchema); err != nil {
		return nil, err
	}
	type argument struct {
		Name        string `json:"name"`
		Title       string `json:"title,omitempty"`
		Description string `json:"description,omitempty"`
		Required    bool   `json:"required,omitempty"`
	}
	arguments := make([]argument, len(item.Arguments))
	for i, a := range item.Arguments {
		arguments[i] = argument(a)
	}
	p.listed, err = marshal(struct {
		Name        string         `json:"name"`
		Title       string         `json:"title,omitempty"`
		Description string         `json:"description"`
		Arguments   []argument     `json:"arguments,omitempty"`
		Icons       []Icon         `json:"icons,omitempty"`
		Meta        map[string]any `json:"_meta,omitempty"`
	}{item.Name, m.Title, item.Description, arguments, m.Icons, m.Meta})
	return p, err
}

// getPrompt answers prompts/get. Whatever a handler fails with is a protocol error, since prompts have no error result.
func (c *call) getPrompt(dst []byte) ([]byte, error) {
	lit := c.msg.Params.Get("name")
	name, err := wire.Unquote(lit)
	if err != nil {
		return nil, unknown("prompt", lit)
	}
	p := c.srv.catalog.Load().prompts.byKey[name]
	if p == nil || p.acc.hidden(c.principal) {
		return c.forward(dst, unknown("prompt", lit))
	}
	if err := c.permit(&p.acc); err != nil {
		return nil, c.handlerError(err, p.item.Position)
	}
	if err := c.readAnswers(); err != nil {
		return nil, err
	}
	raw := c.msg.Params.Get("arguments")
	if raw != nil && raw[0] != '{' {
		return nil, wire.NewError(wire.CodeInvalidParams, "arguments must be an object")
	}
	out, err := p.item.Handler.run(c.ctx, &input{raw: raw, dec: p.dec})
	if err != nil {
		return nil, c.handlerError(err, p.item.Position)
	}
	return c.appendPrompt(dst, p, out)
}

func (c *call) appendPrompt(dst []byte, p *prompt, out any) ([]byte, error) {
	description := p.item.Description
	var messages []Message
	switch v := out.(type) {
	case string:
		messages = []Message{UserMessage(Text(v))}
	case []Message:
		messages = v
	case *PromptResult:
		if v == nil {
			break
		}
		messages = v.Messages
		if v.Description != "" {
			description = v.Description
		}
		if len(v.Meta) > 0 {
			c.meta = v.Meta
		}
	default:
		s, ok := textValue(out)
		if !ok {
			return nil, fmt.Errorf("prompt %s returned %T; it must be a string, []Message or *PromptResult", p.item.Name, out)
		}
		messages = []Message{UserMessage(Text(s))}
	}
	if slices.ContainsFunc(messages, func(m Message) bool { return m.Content == nil }) {
		return nil, fmt.Errorf("prompt %s returned a message without content", p.item.Name)
	}
	if messages == nil {
		messages = []Message{}
	}
	raw, err := marshal(messages)
	if err != nil {
		return nil, fmt.Errorf("encode the messages of %s: %w", p.item.Name, err)
	}
	dst = append(dst, `"description":`...)
	dst = wire.AppendString(dst, description)
	dst = append(dst, `,"messages":`...)
	return append(dst, raw...), nil
}

// textValue returns the text of a value whose type is a string type of the user's own.
func textValue(v any) (string, bool) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.String {
		return "", false
	}
	return rv.String(), true
}

// handlerError says what a client is told when a prompt, resource or completion fails: what the handler made for it, or else
// the text of the error under the rule of Config.MaskErrors.
func (c *call) handlerError(err error, position string) error {
	var protocol *ProtocolError
	var w *wire.Error
	var user *userError
	var invalid *ValidationError
	switch {
	case errors.As(err, &protocol), errors.As(err, &w), errors.Is(err, ErrInputRequired):
		return err
	case errors.As(err, &invalid):
		return wire.NewError(wire.CodeInvalidParams, invalid.Error())
	case errors.As(err, &user):
		return wire.NewError(wire.CodeInternalError, user.Error())
	}
	id := c.logFailure("handler failed", err, slog.String("position", position))
	if c.srv.cfg.MaskErrors {
		return wire.NewError(wire.CodeInternalError, (&maskedError{id}).Error())
	}
	return wire.NewError(wire.CodeInternalError, err.Error())
}
