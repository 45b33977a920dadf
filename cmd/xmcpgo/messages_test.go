package main

import (
	"errors"
	"net/http"
	"sync"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// messages collects what servers send and the official schemas do not allow.
type messages struct {
	mu    sync.Mutex
	wrong []error
}

// client returns a client that has what it receives from an endpoint checked.
func (m *messages) client() *http.Client {
	return &http.Client{Transport: wireschema.NewTransport(http.DefaultTransport, "/mcp", func(err error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.wrong = append(m.wrong, err)
	})}
}

// err is what was wrong so far.
func (m *messages) err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return errors.Join(m.wrong...)
}
