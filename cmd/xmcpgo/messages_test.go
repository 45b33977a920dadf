package main

import (
	"net/http"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// messages collects what servers send and the official schemas do not allow.
type messages struct{ wrong wireschema.Failures }

// client returns a client that has what it receives from an endpoint checked.
func (m *messages) client() *http.Client {
	return &http.Client{Transport: wireschema.NewTransport(http.DefaultTransport, "/mcp", m.wrong.Add)}
}

// err is what was wrong so far.
func (m *messages) err() error { return m.wrong.Err() }
