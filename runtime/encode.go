package xmcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/values"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// encoder is an encoder of encoding/json with what it has written, kept together for reuse. HTML characters are not escaped,
// which would only cost tokens here.
type encoder struct {
	json *json.Encoder
	raw  []byte
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.json = json.NewEncoder(e)
	e.json.SetEscapeHTML(false)
	return e
}}

// Write takes what the encoder has to say.
func (e *encoder) Write(b []byte) (int, error) {
	e.raw = append(e.raw, b...)
	return len(b), nil
}

// encode returns an encoder that holds the JSON of v. It must be released, and its bytes are not valid after that.
func encode(v any) (*encoder, error) {
	e := encoders.Get().(*encoder)
	if err := e.encode(v); err != nil {
		e.release()
		return nil, err
	}
	return e, nil
}

func (e *encoder) encode(v any) error {
	e.raw = e.raw[:0]
	err := e.json.Encode(v)
	e.raw = bytes.TrimSuffix(e.raw, []byte("\n"))
	return err
}

// encodeOutput holds the JSON of what p, a pointer that is not nil, points to. Types get a plan of their own where they can have
// one. Unless text is nil the same JSON is appended to it as the body of a JSON string.
func (e *encoder) encodeOutput(p any, text []byte) ([]byte, error) {
	raw, out, ok := values.Append(e.raw[:0], text, p)
	if ok {
		e.raw = raw
		return out, nil
	}
	if err := e.encode(reflect.ValueOf(p).Elem().Interface()); err != nil {
		return nil, fmt.Errorf("encode the result: %w", err)
	}
	if text == nil {
		return nil, nil
	}
	return wire.AppendBody(text, e.raw), nil
}

func (e *encoder) release() {
	if cap(e.raw) <= maxKept {
		encoders.Put(e)
	}
}

// marshal returns the JSON of v.
func marshal(v any) ([]byte, error) {
	e, err := encode(v)
	if err != nil {
		return nil, err
	}
	defer e.release()
	return bytes.Clone(e.raw), nil
}
