package xmcp

import (
	"io"
	"net/http"
)

const (
	healthPath = "/healthz" // the process lives
	readyPath  = "/readyz"  // calls are accepted
)

// answerHealth serves the health checks. They name no host on purpose: probes come by address. They tell nothing but
// "ok", "starting" and "draining", and under xmcpgo dev the mark of the build.
func (s *Server) answerHealth(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	status, text := http.StatusOK, "ok\n"
	if r.URL.Path == readyPath {
		showMark(h)
		switch s.life.gate.state.Load() {
		case gateStarting:
			status, text = http.StatusServiceUnavailable, "starting\n"
		case gateDraining:
			status, text = http.StatusServiceUnavailable, "draining\n"
		}
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, text)
	}
}
