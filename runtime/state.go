package xmcp

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// keyring makes the keys of what clients carry for the server, one for each purpose, all from one.
type keyring struct{ key []byte }

func newKeyring(key []byte) keyring {
	if len(key) == 0 {
		key = make([]byte, 32)
		rand.Read(key)
	}
	return keyring{key}
}

// derive returns the key for a purpose.
func (k keyring) derive(purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, k.key, nil, purpose, 32)
}

func (k keyring) cipher(purpose string) (cipher.AEAD, error) {
	sub, err := k.derive(purpose)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// requestState is what a client carries between the rounds of one request (MCP 2026-07-28, basic/patterns/mrtr). It is
// sealed, and bound to who asks and what is asked.
type requestState struct {
	Expires int64                      `json:"e"` // unix seconds
	Answers map[string]json.RawMessage `json:"a"`
}

var errState = wire.NewError(wire.CodeInvalidParams, "requestState is not valid for this request")

// sealState seals the answers so far.
func (c *call) sealState(answers map[string]json.RawMessage) (string, error) {
	raw, err := marshal(requestState{time.Now().Add(c.srv.cfg.Limits.StateAge).Unix(), answers})
	if err != nil {
		return "", fmt.Errorf("request state: %w", err)
	}
	bound, err := c.binding()
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(c.srv.stateSeal.Seal(nil, nil, raw, bound))
	if len(text) > c.srv.cfg.Limits.StateSize {
		return "", fmt.Errorf("request state: %d bytes of answers are over the limit of %d", len(text), c.srv.cfg.Limits.StateSize)
	}
	return text, nil
}

// openState returns the answers that a state carries. One that has expired carries none, so that the questions are asked
// again; one that was tampered with, or that belongs to another caller or request, is refused.
func (c *call) openState(text string) (map[string]json.RawMessage, error) {
	if len(text) > c.srv.cfg.Limits.StateSize {
		return nil, errState
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errState
	}
	bound, err := c.binding()
	if err != nil {
		return nil, err
	}
	raw, err := c.srv.stateSeal.Open(nil, nil, sealed, bound)
	if err != nil {
		return nil, errState
	}
	var s requestState
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, errState
	}
	if s.Answers == nil || time.Now().Unix() > s.Expires {
		return map[string]json.RawMessage{}, nil
	}
	return s.Answers, nil
}

// binding is what a state belongs to: caller, method, item and arguments, whatever the order of the arguments' members.
func (c *call) binding() ([]byte, error) {
	name := c.msg.Params.Get("name")
	if c.msg.Method == wire.ResourcesRead {
		name = c.msg.Params.Get("uri")
	}
	item, err := wire.Unquote(name)
	if err != nil {
		return nil, errState
	}
	arguments, err := canonical(c.msg.Params.Get("arguments"))
	if err != nil {
		return nil, errState
	}
	h := sha256.New()
	for _, part := range [][]byte{c.principal.digest(), []byte(c.msg.Method), []byte(item), arguments} {
		_ = json.NewEncoder(h).Encode(part) // base64 and a line end keep the parts apart; a hash does not fail
	}
	return h.Sum(nil), nil
}

// canonical returns one form for all JSON texts of the same value: members sorted, no white space, numbers as written.
func canonical(raw []byte) ([]byte, error) {
	if raw == nil {
		return []byte("{}"), nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, errors.New("arguments are not JSON")
	}
	return json.Marshal(v)
}
