package routers

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// Chi routes by github.com/go-chi/chi/v5.
func Chi(mcp http.Handler) http.Handler {
	r := chi.NewRouter()
	r.Get("/hello", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) })
	r.Handle("/mcp", mcp)
	r.Handle("/.well-known/*", mcp)
	r.Handle("/readyz", mcp)
	return r
}
