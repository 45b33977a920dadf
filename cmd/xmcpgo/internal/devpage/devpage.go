package devpage

import (
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Path is where the page is, with the slash at its end. What lies below it belongs to the page and never gets to the app.
const Path = "/_dev/"

// Info is what a page knows of the app. The zero value shows an app without a name.
type Info struct {
	// Name of the app, and Endpoint, the path of its MCP endpoint on the origin of the page.
	Name, Endpoint string
	// Status tells how the app does; nil means that it is never asked. It is called concurrently.
	Status func() Status
	// App answers for the app. It is asked for the app's metadata, which names the authorization servers that the page may speak
	// to; nil allows none.
	App http.Handler
}

// Status is how an app does at one moment. [Handler] serves it as JSON at Path + "status".
type Status struct {
	// Build counts the builds that have served, from 1; 0 before the first.
	Build int `json:"build"`
	// Serving tells whether a build answers. With Problems, it is the last good one.
	Serving bool `json:"serving"`
	// Problems are what keeps the newest source from running, as file:line:col: message.
	Problems []string `json:"problems"`
	// SignIn is the URL of the local stand-in for sign-in; empty where there is none.
	SignIn string `json:"signIn,omitempty"`
}

//go:embed page.html
var page string

//go:embed web
var web embed.FS

// Handler serves the page and all that belongs to it. It is safe for concurrent use.
func Handler(info Info) http.Handler {
	shown := template.Must(template.New("page").Parse(page))
	if info.Status == nil {
		info.Status = func() Status { return Status{} }
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		panic(err) // the name is that of the directive above
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, http.StripPrefix(strings.TrimSuffix(Path, "/"), onlyFiles(http.FileServerFS(files))))
	mux.HandleFunc("GET "+Path+"{$}", func(w http.ResponseWriter, r *http.Request) {
		now := info.Status()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy(append(authorizationServers(info, r), origin(now.SignIn))))
		_ = shown.Execute(w, struct {
			Info
			Now Status
		}{info, now}) // a browser that went away needs no page
	})
	mux.HandleFunc("GET "+Path+"status", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		now := info.Status()
		if now.Problems == nil {
			now.Problems = []string{}
		}
		_ = json.NewEncoder(w).Encode(now)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", policy(nil))
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// onlyFiles shows no folder, and says what a file is whatever this machine thinks of its name.
func onlyFiles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path.Ext(r.URL.Path) {
		case ".js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		case ".css":
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
		default:
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
