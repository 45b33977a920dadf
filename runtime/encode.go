package xmcp

import (
	"bytes"
	"encoding/json"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/values"
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
	e.raw = e.raw[:0]
	if err := e.json.Encode(v); err != nil {
		e.release()
		return nil, err
	}
	e.raw = bytes.TrimSuffix(e.raw, []byte("\n"))
	return e, nil
}

// encodeResult is encode for the results of handlers, for whose types a plan is made.
func encodeResult(v any) (*encoder, error) {
	e := encoders.Get().(*encoder)
	if raw, ok := values.Append(e.raw[:0], v); ok {
		e.raw = raw
		return e, nil
	}
	e.release()
	return encode(v)
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
