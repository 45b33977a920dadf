package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devpage"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/proxy"
	"github.com/xmcpgo/xmcpgo/internal/taken"
)

// listen takes the app's address for as long as dev runs, and resolves port 0. A port that is taken is never left for another one.
func (d *dev) listen() (net.Listener, error) {
	d.addr = orElse(d.addr, d.settings.addr())
	host, _, err := net.SplitHostPort(d.addr)
	if err != nil {
		return nil, fmt.Errorf("address %q (HOST, PORT) is not of the form HOST:PORT", d.addr)
	}
	if !isLoopbackHost(host) && d.settings.get(envBaseURL) == "" && d.settings.get("ALLOWED_HOSTS") == "" {
		return nil, fmt.Errorf("address %s (--addr, HOST, PORT) can be reached from other machines: set BASE_URL or ALLOWED_HOSTS to the names it is called by", d.addr)
	}
	l, err := net.Listen("tcp", d.addr)
	if taken.Address(err) {
		return nil, fmt.Errorf("address %s is taken by another program: choose another one by --addr", d.addr)
	}
	if err != nil {
		return nil, fmt.Errorf("address %s cannot be listened on (choose another one by --addr): %w", d.addr, err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	d.addr = net.JoinHostPort(host, port)
	return l, nil
}

// handler serves the page of dev, and the app.
func (d *dev) handler(app http.Handler) http.Handler {
	page := devpage.Handler(devpage.Info{Name: filepath.Base(d.root), Endpoint: d.endpoint(), Status: d.now, App: app})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, devpage.Path):
			app.ServeHTTP(w, r)
		case !proxy.Near(r, d.publicHosts()...):
			http.Error(w, "host not allowed", http.StatusForbidden)
		default:
			page.ServeHTTP(w, r)
		}
	})
}

// publicHosts are names of the app beside those of this machine.
func (d *dev) publicHosts() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, err := url.Parse(d.settings.get(envBaseURL)); err == nil && u.Hostname() != "" {
		return []string{u.Hostname()}
	}
	return nil
}

func (d *dev) now() devpage.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.status
	s.Problems = slices.Clone(s.Problems)
	if d.standIn != nil {
		s.SignIn = d.standIn.env.Config().URL
	}
	return s
}

// endpoint is the path of the MCP endpoint, as the app is told it.
func (d *dev) endpoint() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, given := appFlag(d.args, "endpoint"); given {
		return v
	}
	return d.settings.endpoint()
}

// Variables that an app is told beside those of its settings.
const (
	envKey             = "XMCP_KEY"
	envLogFormat       = "XMCP_LOG_FORMAT"
	envShutdownTimeout = "XMCP_SHUTDOWN_TIMEOUT"
)

// finishTimeout is what a build that makes room for another one has for its calls: more than a tool may take by default.
const finishTimeout = "5m30s"

// environment is that of the command, with what a build that listens on an address is told. The app reads its .env file itself.
func (d *dev) environment(addr, mark string) []string {
	endpoint := d.endpoint()
	d.mu.Lock()
	defer d.mu.Unlock()
	host, port, _ := net.SplitHostPort(addr) // it was listened on
	told := map[string]string{"HOST": host, "PORT": port, envEndpoint: endpoint, "XMCP_STDIO": "false", devloop.MarkVariable: mark}
	unset := func(name, value string) {
		if value != "" && d.settings.get(name) == "" {
			told[name] = value
		}
	}
	unset(envKey, d.key)
	unset(envShutdownTimeout, finishTimeout)
	if public, _, _ := net.SplitHostPort(d.addr); isLoopbackHost(public) {
		unset(envBaseURL, "http://"+d.addr)
	}
	if d.t.Live { // the app itself writes to a pipe
		unset(envLogFormat, "text")
	}
	if d.standIn != nil && d.settings.get(envEnvironmentURL) == "" {
		for name, value := range d.standIn.env.Environment() {
			told[name] = value
		}
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		_, ok := told[name]
		return ok
	})
	for name, value := range told {
		env = append(env, name+"="+value)
	}
	return env
}

// newKey is a secret that seals what clients carry. Each run of dev has one of its own, and all its builds share it.
func newKey() string { return rand.Text() + rand.Text() }

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
