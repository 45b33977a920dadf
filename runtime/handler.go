package xmcp

import (
	"context"
	"embed"
	"fmt"
	"reflect"

	"github.com/xmcpgo/xmcpgo/runtime/internal/args"
)

// ToolHandler is the function behind a tool. The zero value is not a handler; HandleTool and its like make one.
type ToolHandler struct {
	in  reflect.Type // nil without input
	run func(ctx context.Context, in *input, out *toolOutput) error
}

// HandleTool makes a handler of a function with input and result.
func HandleTool[In, Out any](fn func(context.Context, In) (Out, error)) ToolHandler {
	return ToolHandler{reflect.TypeFor[In](), func(ctx context.Context, in *input, o *toolOutput) error {
		v, err := decodeInput[In](in)
		if err != nil {
			return err
		}
		out, err := fn(ctx, *v)
		if err != nil {
			return err
		}
		return setOutput(o, &out)
	}}
}

// HandleToolNoInput makes a handler of a function without input.
func HandleToolNoInput[Out any](fn func(context.Context) (Out, error)) ToolHandler {
	return ToolHandler{nil, func(ctx context.Context, in *input, o *toolOutput) error {
		if err := in.none(); err != nil {
			return err
		}
		out, err := fn(ctx)
		if err != nil {
			return err
		}
		return setOutput(o, &out)
	}}
}

// HandleToolNoOutput makes a handler of a function without result.
func HandleToolNoOutput[In any](fn func(context.Context, In) error) ToolHandler {
	return ToolHandler{reflect.TypeFor[In](), func(ctx context.Context, in *input, _ *toolOutput) error {
		v, err := decodeInput[In](in)
		if err != nil {
			return err
		}
		return fn(ctx, *v)
	}}
}

// HandleToolBare makes a handler of a function without input and result.
func HandleToolBare(fn func(context.Context) error) ToolHandler {
	return ToolHandler{nil, func(ctx context.Context, in *input, _ *toolOutput) error {
		if err := in.none(); err != nil {
			return err
		}
		return fn(ctx)
	}}
}

// PromptHandler is the function behind a prompt. HandlePrompt and HandlePromptNoInput make one.
type PromptHandler struct {
	in  reflect.Type
	run func(ctx context.Context, in *input) (any, error)
}

// HandlePrompt makes a handler of a function with arguments. Out is string, []Message or *PromptResult.
func HandlePrompt[In, Out any](fn func(context.Context, In) (Out, error)) PromptHandler {
	return PromptHandler{reflect.TypeFor[In](), anyWithInput(fn)}
}

// HandlePromptNoInput makes a handler of a function without arguments.
func HandlePromptNoInput[Out any](fn func(context.Context) (Out, error)) PromptHandler {
	return PromptHandler{nil, anyNoInput(fn)}
}

// ResourceHandler is the function or file system behind a resource. HandleResource and its like make one.
type ResourceHandler struct {
	in  reflect.Type
	out reflect.Type // nil of files
	run func(ctx context.Context, in *input) (any, error)
	fs  *embed.FS
}

// HandleResource makes a handler of a function whose input is the variables of the URI template.
func HandleResource[In, Out any](fn func(context.Context, In) (Out, error)) ResourceHandler {
	return ResourceHandler{in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), run: anyWithInput(fn)}
}

// HandleResourceNoInput makes a handler of a function for a resource with one URI.
func HandleResourceNoInput[Out any](fn func(context.Context) (Out, error)) ResourceHandler {
	return ResourceHandler{out: reflect.TypeFor[Out](), run: anyNoInput(fn)}
}

// HandleResourceFS serves the files of an embedded file system, each as a resource below the URI of the metadata.
func HandleResourceFS(fs embed.FS) ResourceHandler { return ResourceHandler{fs: &fs} }

func anyWithInput[In, Out any](fn func(context.Context, In) (Out, error)) func(context.Context, *input) (any, error) {
	return func(ctx context.Context, in *input) (any, error) {
		v, err := decodeInput[In](in)
		if err != nil {
			return nil, err
		}
		return fn(ctx, *v)
	}
}

func anyNoInput[Out any](fn func(context.Context) (Out, error)) func(context.Context, *input) (any, error) {
	return func(ctx context.Context, in *input) (any, error) {
		if err := in.none(); err != nil {
			return nil, err
		}
		return fn(ctx)
	}
}

// input is the raw arguments of a call and the plan that decodes them.
type input struct {
	raw      []byte
	dec      *args.Decoder // nil for a resource that takes nothing
	validate func([]byte) ([]Violation, error)
}

// check applies a validator of the tool's own.
func (in *input) check() error {
	if in.validate == nil {
		return nil
	}
	raw := in.raw
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	violations, err := in.validate(raw)
	if err == nil && len(violations) > 0 {
		err = &ValidationError{violations}
	}
	return err
}

// decodeInput decodes the arguments into a new In, reporting every violation of the schema.
func decodeInput[In any](in *input) (*In, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	v := new(In)
	return v, validationError(in.dec.Decode(in.raw, v))
}

// none checks the arguments of a handler that takes none.
func (in *input) none() error {
	if err := in.check(); err != nil || len(in.raw) == 0 || in.dec == nil {
		return err
	}
	var v struct{}
	return validationError(in.dec.Decode(in.raw, &v))
}

func validationError(violations []args.Violation) error {
	if len(violations) == 0 {
		return nil
	}
	e := &ValidationError{make([]Violation, len(violations))}
	for i, v := range violations {
		e.Violations[i] = Violation(v)
	}
	return e
}

var noInput = reflect.TypeFor[struct{}]()

// emptySchema is the schema of a tool that takes no arguments.
const emptySchema = `{"type":"object","additionalProperties":false}`

// newDecoder plans the decoding of a handler's input.
func newDecoder(in reflect.Type, schema string) (*args.Decoder, error) {
	if in == nil {
		in = noInput
	}
	dec, err := args.Compile(in, []byte(schema))
	if err != nil {
		return nil, fmt.Errorf("input schema: %w", err)
	}
	return dec, nil
}
