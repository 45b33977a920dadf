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
	var info ClientInfo
	if raw := c.msg.Params.Meta.ClientInfo; raw != nil && json.Unmarshal(raw, &info) != nil {
		return ClientInfo{}
	}
	return info
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
