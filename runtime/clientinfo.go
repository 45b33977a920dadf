package xmcp

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// ClientInfo is what a client says of itself; it may say anything.
type ClientInfo struct {
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
	Version string `json:"version"`
}

// GetClientInfo returns what the client of the current call says of itself. It is zero when the client said nothing, and
// outside a call.
func GetClientInfo(ctx context.Context) ClientInfo {
	c := callOf(ctx)
	if c == nil {
		return ClientInfo{}
	}
	if c.era == wire.Legacy {
		if c.session == nil {
			return ClientInfo{}
		}
		return c.session.client.Client
	}
	info, _ := readClientInfo(c.msg.Params.Meta.ClientInfo)
	return info
}

// readClientInfo reads what a client says of itself; ok is false when that is not an object of strings.
func readClientInfo(raw []byte) (info ClientInfo, ok bool) {
	if raw == nil {
		return info, true
	}
	said, err := wire.Object(raw)
	if err != nil {
		return info, false
	}
	name, isName := said.Text("name")
	title, isTitle := said.Text("title")
	version, isVersion := said.Text("version")
	if !isName || !isTitle || !isVersion {
		return info, false
	}
	return ClientInfo{Name: name, Title: title, Version: version}, true
}

// GetClientCapabilities returns the raw capabilities of the client of the current call, a JSON object; nil when they are not
// known. The bytes are valid until the call returns and must not be changed.
func GetClientCapabilities(ctx context.Context) json.RawMessage {
	if c := callOf(ctx); c != nil {
		return c.capabilities()
	}
	return nil
}

// GetProtocolVersion returns the protocol revision of the current call, such as "2025-11-25"; empty outside a call.
func GetProtocolVersion(ctx context.Context) string {
	if c := callOf(ctx); c != nil {
		return c.version
	}
	return ""
}

// GetRequestMeta returns the raw _meta of the current call; nil when there is none. The bytes are valid until the call
// returns and must not be changed.
func GetRequestMeta(ctx context.Context) json.RawMessage {
	if c := callOf(ctx); c != nil {
		return c.msg.Params.Meta.Raw
	}
	return nil
}

// GetHTTPHeader returns the headers of the HTTP request that carries the current call; nil on stdio and outside a call. They
// must not be changed.
func GetHTTPHeader(ctx context.Context) http.Header {
	if c := callOf(ctx); c != nil {
		return c.header
	}
	return nil
}
