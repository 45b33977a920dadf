package proxy

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Outage is why no backend serves.
type Outage struct {
	// Reason is a short sentence without a full stop: "the app does not compile".
	Reason string
	// Details are lines such as "src/tools/greet.go:3:1: …". They are told to callers on this machine's names only.
	Details []string
}

// maxDetails bounds what an answer repeats.
const maxDetails = 20

// codeInternalError is that of JSON-RPC 2.0.
const codeInternalError = -32603

// refuse answers 503. A page on another site that has pointed its name at this machine learns nothing of the source.
func (p *Proxy) refuse(w http.ResponseWriter, r *http.Request, o Outage) {
	if !Near(r) {
		o.Details = nil
	}
	w.Header().Set("Retry-After", "1")
	p.answer(w, r, http.StatusServiceUnavailable, o.Reason, o.Details[:min(len(o.Details), maxDetails)])
}

// answer is a JSON-RPC error without id at the endpoint, as the transport wants it for a message that was not read, and text
// elsewhere.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request, status int, reason string, details []string) {
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path != p.cfg.Endpoint {
		http.Error(w, strings.Join(append([]string{reason}, details...), "\n"), status)
		return
	}
	type data struct {
		Diagnostics []string `json:"diagnostics"`
	}
	type rpcError struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Data    *data  `json:"data,omitempty"`
	}
	answer := struct {
		Version string   `json:"jsonrpc"`
		Error   rpcError `json:"error"`
	}{"2.0", rpcError{Code: codeInternalError, Message: reason}}
	if len(details) > 0 {
		answer.Error.Message += ": " + details[0]
		answer.Error.Data = &data{details}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that went away needs no answer
}

// Near tells whether a request comes from this machine, or through a proxy on it, for a name that is [Local]. Another machine can
// write any name into its requests.
func Near(r *http.Request, hosts ...string) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && Local(r.Host, hosts...)
}

// Local tells whether a Host header names this machine by a loopback name, or is one of the hosts. What serves source text
// or secrets of development must ask it: a name that somebody else has pointed at this machine is neither (DNS rebinding).
func Local(host string, hosts ...string) bool {
	u, err := url.Parse("//" + host)
	if err != nil || u.Host != host || u.Hostname() == "" {
		return false
	}
	name := strings.ToLower(u.Hostname())
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback() || slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, name) })
}
