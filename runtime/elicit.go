package xmcp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/args"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Elicit asks the person behind the client to fill in a form, and returns what was entered. T is a struct whose fields are
// strings, numbers, booleans, string enums or lists of them; see [Form] for the tags. key names the question within the call.
//
// The error is [ErrInputRequired] as explained there, [ErrDeclined] or [ErrCancelled] when the person does not want to
// answer, or wraps [ErrNotSupported]. Never ask for secrets by a form; use [ElicitURL].
func Elicit[T any](ctx context.Context, key, message string) (T, error) {
	var answer T
	c := callOf(ctx)
	if c == nil {
		return answer, errNoCall(key)
	}
	f, err := c.srv.form(reflect.TypeFor[T]())
	if err != nil {
		return answer, fmt.Errorf("ask %q: %w", key, err)
	}
	schema, err := f.schemaFor(c)
	if err != nil {
		return answer, fmt.Errorf("ask %q: %w", key, err)
	}
	err = elicit(ctx, key, message, schema, func(content json.RawMessage) error {
		var fresh T
		if violations := f.dec.Decode(content, &fresh); len(violations) > 0 {
			return unfit(violations)
		}
		answer = fresh
		return nil
	})
	return answer, err
}

// ElicitRaw is [Elicit] with a schema of the caller's own: a JSON Schema object within what forms allow (MCP 2025-11-25,
// client/elicitation, requested schema). The answer is checked as far as that is an object. Clients of 2025-06-18 get the schema as it
// is, unless a field of it is a list: that is [ErrNotSupported].
func ElicitRaw(ctx context.Context, key, message, schema string) (json.RawMessage, error) {
	if err := checkSchema("form", schema); err != nil || schema == "" {
		return nil, fmt.Errorf("ask %q: the schema is not a JSON object", key)
	}
	dec, err := args.Compile(reflect.TypeFor[map[string]any](), []byte(schema))
	if err != nil {
		return nil, fmt.Errorf("ask %q: %w", key, err)
	}
	if c := callOf(ctx); c != nil && c.olderForms() && asksForSeveral(schema) {
		return nil, fmt.Errorf("ask %q: %w: %w", key, ErrNotSupported, errSeveral)
	}
	var answer json.RawMessage
	err = elicit(ctx, key, message, schema, func(content json.RawMessage) error {
		var fresh map[string]any
		if violations := dec.Decode(content, &fresh); len(violations) > 0 {
			return unfit(violations)
		}
		answer = append(json.RawMessage(nil), content...)
		return nil
	})
	return answer, err
}

// unfit says what is wrong with an answer. The model's own arguments are not what is wrong, so it is no [ValidationError].
func unfit(violations []args.Violation) error {
	var list strings.Builder
	for _, v := range violations {
		list.WriteString("\n- " + v.Path + ": " + v.Message)
	}
	return fmt.Errorf("%w: %w", errUnfit, UserError("the answer does not fit the question:%s", list.String()))
}

// ElicitURL asks the person to open a page, for what must not pass through the client: secrets, payments, sign-in elsewhere. Nil
// means that the person agreed to, not that anything was done there. url must be absolute.
func ElicitURL(ctx context.Context, key, message, url string) error {
	params := struct {
		Mode    string `json:"mode"`
		Message string `json:"message"`
		URL     string `json:"url"`
		ID      string `json:"elicitationId,omitempty"`
	}{"url", message, url, ""}
	if c := callOf(ctx); c != nil && c.era == wire.Legacy {
		params.ID = rand.Text()
	}
	raw, err := marshal(params)
	if err != nil {
		return err
	}
	return ask(ctx, question{
		key: key, method: wire.CreateElicitation, params: raw,
		needs: opensPages,
		read: func(result json.RawMessage) error {
			_, err := readElicitation(result)
			return err
		},
	})
}

func elicit(ctx context.Context, key, message, schema string, read func(content json.RawMessage) error) error {
	params, err := marshal(struct {
		Message string          `json:"message"`
		Schema  json.RawMessage `json:"requestedSchema"`
	}{message, json.RawMessage(schema)})
	if err != nil {
		return err
	}
	return ask(ctx, question{
		key: key, method: wire.CreateElicitation, params: params,
		needs: fillsForms,
		read: func(result json.RawMessage) error {
			content, err := readElicitation(result)
			if err != nil {
				return err
			}
			return read(content)
		},
	})
}

// readElicitation returns what was entered, or why nothing was.
func readElicitation(result json.RawMessage) (json.RawMessage, error) {
	r, err := wire.Object(result)
	if err != nil {
		return nil, errUnfit
	}
	switch action, _ := r.String("action"); action {
	case "accept":
		return r.Get("content"), nil
	case "decline":
		return nil, ErrDeclined
	case "cancel":
		return nil, ErrCancelled
	}
	return nil, errUnfit
}
