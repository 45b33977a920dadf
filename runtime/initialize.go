package xmcp

import (
	"encoding/json"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// implementation introduces the server (MCP 2025-11-25, schema, Implementation).
type implementation struct {
	Name        string `json:"name"`
	Title       string `json:"title,omitempty"`
	Version     string `json:"version"`
	Description string `json:"description,omitempty"`
	WebsiteURL  string `json:"websiteUrl,omitempty"`
	Icons       []Icon `json:"icons,omitempty"`
}

// listCapability and resourceCapability tell what a client may do with a kind of item.
type listCapability struct {
	ListChanged bool `json:"listChanged,omitempty"`
}

type resourceCapability struct {
	Subscribe   bool `json:"subscribe,omitempty"`
	ListChanged bool `json:"listChanged,omitempty"`
}

type capabilities struct {
	Logging     *struct{}           `json:"logging,omitempty"`
	Completions *struct{}           `json:"completions,omitempty"`
	Prompts     *listCapability     `json:"prompts,omitempty"`
	Resources   *resourceCapability `json:"resources,omitempty"`
	Tools       *listCapability     `json:"tools,omitempty"`
	Extensions  map[string]any      `json:"extensions,omitempty"`
}

// introduce encodes once what every initialize and discover answers.
func (s *Server) introduce() (err error) {
	caps := capabilities{
		Logging:     &struct{}{},
		Completions: &struct{}{},
		Prompts:     &listCapability{ListChanged: true},
		Resources:   &resourceCapability{Subscribe: true, ListChanged: true},
		Tools:       &listCapability{ListChanged: true},
		Extensions:  s.extensions,
	}
	if s.capabilities, err = marshal(caps); err != nil {
		return err
	}
	c := &s.cfg
	if s.serverInfo, err = marshal(implementation{c.Name, c.Title, c.Version, c.Description, c.WebsiteURL, c.Icons}); err != nil {
		return err
	}
	s.modernTail = append(s.modernTail, `"resultType":"complete","_meta":{"`+wire.KeyServerInfo+`":`...)
	s.modernTail = append(s.modernTail, s.serverInfo...)
	s.modernTail = append(s.modernTail, "}}"...)
	return nil
}

// initialize answers the handshake of a legacy client (MCP 2025-11-25, basic/lifecycle).
func (c *call) initialize(dst []byte) ([]byte, error) {
	dst = append(dst, `"protocolVersion":`...)
	dst = wire.AppendString(dst, c.version)
	dst = append(dst, `,"capabilities":`...)
	dst = append(dst, c.srv.capabilities...)
	dst = append(dst, `,"serverInfo":`...)
	dst = append(dst, c.srv.serverInfo...)
	return c.appendInstructions(dst), nil
}

// discover answers server/discover (MCP 2026-07-28, server/discover).
func (c *call) discover(dst []byte) ([]byte, error) {
	dst = append(dst, `"supportedVersions":["`+wire.Version20260728+`"],"capabilities":`...)
	dst = append(dst, c.srv.capabilities...)
	return c.appendCacheHints(c.appendInstructions(dst), "public"), nil
}

func (c *call) appendInstructions(dst []byte) []byte {
	if text := c.srv.cfg.Instructions; text != "" {
		dst = append(dst, `,"instructions":`...)
		dst = wire.AppendString(dst, text)
	}
	return dst
}

// clientHello is what a legacy client says of itself.
type clientHello struct {
	ProtocolVersion string          `json:"protocolVersion"`
	Capabilities    json.RawMessage `json:"capabilities"`
	ClientInfo      ClientInfo      `json:"clientInfo"`
}

// hello reads the params of initialize.
func (c *call) hello() (clientHello, error) {
	var h clientHello
	p := &c.msg.Params
	version, ok := p.String("protocolVersion")
	if !ok {
		return h, wire.NewError(wire.CodeInvalidParams, "protocolVersion must be a string")
	}
	h.ProtocolVersion = wire.NegotiateLegacy(version)
	h.Capabilities = p.Get("capabilities")
	if h.Capabilities == nil {
		h.Capabilities = json.RawMessage("{}")
	}
	if h.Capabilities[0] != '{' {
		return h, wire.NewError(wire.CodeInvalidParams, "capabilities must be an object")
	}
	h.Capabilities = append(json.RawMessage(nil), h.Capabilities...)
	if h.ClientInfo, ok = readClientInfo(p.Get("clientInfo")); !ok {
		return h, wire.NewError(wire.CodeInvalidParams, "clientInfo must be an object with a name and a version, both strings")
	}
	return h, nil
}
