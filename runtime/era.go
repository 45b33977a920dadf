package xmcp

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// chooseEra decides by the request alone which era it belongs to, before its method is looked at, and checks what the era
// asks of every request. header is nil on stdio.
func (c *call) chooseEra(header http.Header) *wire.Error {
	meta := &c.msg.Params.Meta
	version := header.Get(headerProtocol)
	switch {
	case meta.HasVersion, version == wire.Version20260728:
		c.era = wire.Modern
		return c.checkModern(header)
	case version == "":
		c.version = wire.Version20250326 // MCP 2025-11-25, basic/transports: a missing header means this revision
		return nil
	case !wire.IsLegacy(version):
		c.era = wire.Modern // no revision that is served: the error tells which are
		return unsupportedVersion(version)
	}
	c.version = version
	return nil
}

// checkModern checks what MCP 2026-07-28 asks of every request. Notifications carry no _meta of the protocol's.
func (c *call) checkModern(header http.Header) *wire.Error {
	meta := &c.msg.Params.Meta
	c.version = wire.Version20260728
	if !c.msg.IsRequest() {
		return nil
	}
	if header != nil && meta.HasVersion {
		if got, ok := single(header, headerProtocol); !ok || got != meta.ProtocolVersion {
			return headerMismatch("MCP-Protocol-Version")
		}
	}
	switch {
	case !meta.HasVersion:
		return wire.NewError(wire.CodeInvalidParams, "_meta must have "+wire.KeyProtocolVersion)
	case meta.ProtocolVersion != wire.Version20260728:
		return unsupportedVersion(meta.ProtocolVersion)
	case meta.ClientCapabilities == nil:
		return wire.NewError(wire.CodeInvalidParams, "_meta must have "+wire.KeyClientCapabilities)
	case meta.ClientCapabilities[0] != '{':
		return wire.NewError(wire.CodeInvalidParams, wire.KeyClientCapabilities+" must be an object")
	}
	if meta.LogLevel != "" {
		if _, ok := parseLevel(meta.LogLevel); !ok {
			return wire.NewError(wire.CodeInvalidParams, wire.KeyLogLevel+" must be one of debug, info, notice, warning, error, critical, alert, emergency")
		}
	}
	if header == nil {
		return nil
	}
	return c.checkHeaders(header)
}

// checkHeaders compares the headers that proxies route by with the body (MCP 2026-07-28, basic/transports/streamable-http,
// request headers).
func (c *call) checkHeaders(header http.Header) *wire.Error {
	if got, ok := single(header, headerMethod); !ok || got != c.msg.Method {
		return headerMismatch("Mcp-Method")
	}
	var key string
	switch c.msg.Method {
	case wire.ToolsCall, wire.PromptsGet:
		key = "name"
	case wire.ResourcesRead:
		key = "uri"
	default:
		return nil
	}
	want, ok := c.msg.Params.String(key)
	if !ok {
		return nil // the method itself refuses it
	}
	got, ok := single(header, headerName)
	if ok {
		got, ok = decodeHeader(got)
	}
	if !ok || got != want {
		return headerMismatch("Mcp-Name")
	}
	return nil
}

// single returns the value of a header that must be there once, in characters that headers may have: others travel as base64
// (MCP 2026-07-28, basic/transports/streamable-http, value encoding).
func single(h http.Header, name string) (string, bool) {
	v := h[name]
	if len(v) != 1 {
		return "", false
	}
	for i := range len(v[0]) {
		if c := v[0][i]; c < ' ' && c != '\t' || c > '~' {
			return "", false
		}
	}
	return strings.Trim(v[0], " \t"), true
}

// decodeHeader resolves the base64 form of a header value: =?base64?…?=.
func decodeHeader(v string) (string, bool) {
	inner, ok := strings.CutPrefix(v, "=?base64?")
	if !ok {
		return v, true
	}
	inner, ok = strings.CutSuffix(inner, "?=")
	if !ok {
		return v, true
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(inner)
	return string(raw), err == nil
}

func headerMismatch(name string) *wire.Error {
	return wire.NewError(wire.CodeHeaderMismatch, "header "+name+" is missing or differs from the body")
}

func unsupportedVersion(requested string) *wire.Error {
	if len(requested) > 40 {
		requested = requested[:40]
	}
	data := []byte(`{"supported":["` + wire.Version20260728 + `"],"requested":`)
	data = append(wire.AppendString(data, requested), '}')
	return &wire.Error{Code: wire.CodeUnsupportedProtocolVersion, Message: "unsupported protocol version", Data: data}
}
