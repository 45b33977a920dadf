// Package wire reads and writes the JSON-RPC messages of MCP as bytes. A message is scanned once: what dispatching needs is
// found, and everything else stays the raw JSON that it came as, so that ids come back as they were sent and arguments are
// decoded once, into the type of their handler.
//
// Scanning is strict where encoding/json is lenient: keys are case-sensitive and unique, and nothing follows the message.
// Otherwise a proxy and the server could read different things from the same bytes.
package wire

import (
	"errors"
	"unicode/utf8"
)

// Message is one JSON-RPC message (JSON-RPC 2.0, section 4). Its slices point into the scanned bytes.
type Message struct {
	// ID is the raw id; nil for a notification.
	ID []byte
	// Method is empty for a response.
	Method string
	// Params of a request or notification; the zero value when there are none.
	Params Params
	// Result and Error of a response that a client sends.
	Result, Error []byte
}

// IsRequest, IsNotification and IsResponse tell what the message is.
func (m *Message) IsRequest() bool      { return m.Method != "" && m.ID != nil }
func (m *Message) IsNotification() bool { return m.Method != "" && m.ID == nil }
func (m *Message) IsResponse() bool     { return m.Method == "" }

// Params are the members of a request's params, or of an object within a message.
type Params struct {
	// Raw is the whole object; nil when there is none.
	Raw     []byte
	members []Member
	inline  [4]Member // room for name, arguments and _meta
	Meta    Meta      // of a request only
}

// Get returns the raw value of a member, or nil when it is absent or null.
func (p *Params) Get(key string) []byte {
	for i := range p.members {
		if string(p.members[i].Key) == key {
			if v := p.members[i].Value; string(v) != "null" {
				return v
			}
			return nil
		}
	}
	return nil
}

// String returns a string member; ok is false when it is absent or not a string.
func (p *Params) String(key string) (s string, ok bool) {
	s, err := Unquote(p.Get(key))
	return s, err == nil
}

// Text returns a string member that may be left out; ok is false when it is there and not a string.
func (p *Params) Text(key string) (s string, ok bool) {
	if p.Get(key) == nil {
		return "", true
	}
	return p.String(key)
}

// Flag returns a boolean member that may be left out; ok is false when it is there and not a boolean.
func (p *Params) Flag(key string) (v, ok bool) {
	switch string(p.Get(key)) {
	case "true":
		return true, true
	case "", "false":
		return false, true
	}
	return false, false
}

// Object returns the members of an object member, or nil when it is absent or null.
func (p *Params) Object(key string) (*Params, error) {
	raw := p.Get(key)
	if raw == nil {
		return nil, nil
	}
	return Object(raw)
}

// Object returns the members of a JSON object that stands by itself, with the keys as strict as those of a message.
func Object(raw []byte) (*Params, error) {
	p := &Params{Raw: raw}
	var err error
	if p.members, err = AppendMembers(p.inline[:0], raw, MaxDepth); err != nil {
		return nil, err
	}
	return p, nil
}

// Meta is the _meta of a request, with the keys that the protocol defines (MCP 2026-07-28, basic, _meta).
type Meta struct {
	// Raw is the whole object; nil when there is none.
	Raw []byte
	// ProtocolVersion is the revision that the request is made in. HasVersion tells whether the key is there at all.
	ProtocolVersion string
	HasVersion      bool
	// ClientInfo and ClientCapabilities are raw objects; nil when absent.
	ClientInfo, ClientCapabilities []byte
	// LogLevel is the least level of log messages that the client wants for this request; empty means none.
	LogLevel string
	// ProgressToken is the raw token; nil when the client wants no progress.
	ProgressToken []byte
}

// The keys of _meta (MCP 2026-07-28, basic, _meta).
const (
	KeyProtocolVersion    = "io.modelcontextprotocol/protocolVersion"
	KeyClientInfo         = "io.modelcontextprotocol/clientInfo"
	KeyClientCapabilities = "io.modelcontextprotocol/clientCapabilities"
	KeyLogLevel           = "io.modelcontextprotocol/logLevel"
	KeyServerInfo         = "io.modelcontextprotocol/serverInfo"
	KeySubscriptionID     = "io.modelcontextprotocol/subscriptionId"
)

// envelope is what is found while a message is scanned: the members of its params and their _meta, which are thus scanned only
// once, and what is wrong with them.
type envelope struct {
	*Message
	params, meta error
}

// scan appends the members of the message that begins at b[i] and returns the index after it.
func (e *envelope) scan(dst []Member, b []byte, i, depth int) (members []Member, end int, err error) {
	i, more, err := openObject(b, i, depth)
	for more && err == nil {
		var key []byte
		if key, i, err = scanKey(b, i); err != nil {
			break
		}
		if e.Params.Raw == nil && string(key) == "params" && i < len(b) && b[i] == '{' {
			end, err = e.scanParams(b, i, depth-1)
		} else {
			end, err = skip(b, i, depth-1)
		}
		if err != nil {
			break
		}
		dst = append(dst, Member{key, b[i:end]})
		i, more, err = nextMember(b, end)
	}
	return dst, i, err
}

func (e *envelope) scanParams(b []byte, start, depth int) (end int, err error) {
	p := &e.Params
	members := p.inline[:0]
	i, more, err := openObject(b, start, depth)
	for more && err == nil {
		var key []byte
		if key, i, err = scanKey(b, i); err != nil {
			break
		}
		if p.Meta.Raw == nil && string(key) == "_meta" && i < len(b) && b[i] == '{' {
			end, err = e.scanMeta(b, i, depth-1)
		} else {
			end, err = skip(b, i, depth-1)
		}
		if err != nil {
			break
		}
		members = append(members, Member{key, b[i:end]})
		i, more, err = nextMember(b, end)
	}
	if err != nil {
		return i, err
	}
	p.Raw, p.members, e.params = b[start:i], members, unique(members)
	return i, nil
}

func (e *envelope) scanMeta(b []byte, start, depth int) (end int, err error) {
	var room [8]Member
	members, end, err := appendMembers(room[:0], b, start, depth)
	if err != nil {
		return end, err
	}
	e.Params.Meta.Raw = b[start:end]
	if e.meta = unique(members); e.meta == nil {
		e.meta = e.Params.Meta.read(members)
	}
	return end, nil
}

// Parse scans one message that nests at most depth deep. The error is a [*Error]: a parse error for what is not JSON, an
// invalid request for JSON that is not a message. Where the id could be read, m.ID holds it even then.
func Parse(m *Message, b []byte, depth int) error {
	*m = Message{}
	i := SkipSpace(b, 0)
	if i < len(b) && b[i] == '[' {
		if !Valid(b, depth) {
			return NewError(CodeParseError, "parse error: invalid JSON")
		}
		return NewError(CodeInvalidRequest, "invalid request: batches are not part of this protocol version")
	}
	e := envelope{Message: m}
	var room [8]Member
	members, end, err := e.scan(room[:0], b, i, depth)
	if err == nil {
		err = trailing(b, end)
	}
	if err == nil {
		err = unique(members)
	}
	if err != nil {
		if i < len(b) && b[i] != '{' && Valid(b, depth) {
			return NewError(CodeInvalidRequest, "invalid request: a message is a JSON object")
		}
		return NewError(CodeParseError, "parse error: "+err.Error())
	}
	return e.read(members)
}

func (e *envelope) read(members []Member) error {
	m := e.Message
	var version, method, params []byte
	for i := range members {
		f := &members[i]
		switch string(f.Key) {
		case "jsonrpc":
			version = f.Value
		case "id":
			if !validID(f.Value) {
				return NewError(CodeInvalidRequest, "invalid request: id must be a string or a number")
			}
			m.ID = f.Value
		case "method":
			method = f.Value
		case "params":
			params = f.Value
		case "result":
			m.Result = f.Value
		case "error":
			m.Error = f.Value
		}
	}
	if string(version) != `"2.0"` {
		return NewError(CodeInvalidRequest, `invalid request: jsonrpc must be "2.0"`)
	}
	if method == nil {
		if m.ID == nil || (m.Result == nil) == (m.Error == nil) {
			return NewError(CodeInvalidRequest, "invalid request: method is missing")
		}
		m.Params = Params{} // a response has none
		return nil
	}
	if m.Method = word(method); m.Method == "" {
		return NewError(CodeInvalidRequest, "invalid request: method must be a string")
	}
	if m.Result != nil || m.Error != nil {
		return NewError(CodeInvalidRequest, "invalid request: a message is either a request or a response")
	}
	if params == nil || string(params) == "null" {
		return nil
	}
	return e.checkParams(params)
}

func (e *envelope) checkParams(raw []byte) error {
	if raw[0] != '{' {
		return NewError(CodeInvalidRequest, "invalid request: params must be an object")
	}
	if e.params != nil {
		return NewError(CodeInvalidRequest, "invalid request: params: "+e.params.Error())
	}
	if meta := e.Params.Get("_meta"); meta != nil && meta[0] != '{' {
		return NewError(CodeInvalidParams, "invalid params: _meta must be an object")
	}
	if e.meta != nil {
		return NewError(CodeInvalidParams, "invalid params: _meta: "+e.meta.Error())
	}
	return nil
}

func (m *Meta) read(members []Member) (err error) {
	for i := range members {
		f := &members[i]
		if string(f.Value) == "null" {
			continue // some clients write null for what they leave out
		}
		switch string(f.Key) {
		case KeyProtocolVersion:
			if f.Value[0] != '"' {
				return errors.New(KeyProtocolVersion + " must be a string")
			}
			m.ProtocolVersion, m.HasVersion = word(f.Value), true
		case KeyClientInfo:
			m.ClientInfo = f.Value
		case KeyClientCapabilities:
			m.ClientCapabilities = f.Value
		case KeyLogLevel:
			if m.LogLevel, err = Unquote(f.Value); err != nil {
				return errors.New(KeyLogLevel + " must be a string")
			}
		case "progressToken":
			if !validID(f.Value) {
				return errors.New("progressToken must be a string or a number")
			}
			m.ProgressToken = f.Value
		}
	}
	return nil
}

// validID tells whether a raw value may be an id or a progress token: a string or a number. It is sent back as it came, so it
// must be text that may be sent.
func validID(b []byte) bool {
	return len(b) > 0 && (b[0] == '"' && utf8.Valid(b) || b[0] == '-' || '0' <= b[0] && b[0] <= '9')
}
