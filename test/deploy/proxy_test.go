//go:build unix

package deploy

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// proxy is one that runs with a file of docs/deploy.
type proxy struct {
	https, http string // addresses on loopback; empty where it serves none
	pool        *x509.CertPool
}

// client speaks to the proxy by its public name.
func (p *proxy) client(t *testing.T, http2 bool) *http.Client {
	t.Helper()
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: p.pool},
		ForceAttemptHTTP2: http2,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			to := p.https
			if strings.HasSuffix(addr, ":80") {
				to = p.http
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}
	if !http2 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// adapt reads a file of docs/deploy and gives it the addresses and paths of the test, each of which must be in it.
func adapt(t *testing.T, name string, changes ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("%s has no %q", name, changes[i])
		}
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	return text
}

func nginx(t *testing.T, p *proxy, upstream string) {
	dir := scratch(t)
	cert, key, pool := writeCertificate(t, dir)
	p.pool = pool
	site := adapt(t, "nginx.conf",
		"server 127.0.0.1:3001;", "server "+upstream+";",
		"listen 80;", "listen "+p.http+";", "    listen [::]:80;\n", "",
		"listen 443 ssl http2;", "listen "+p.https+" ssl http2;", "    listen [::]:443 ssl http2;\n", "",
		"/etc/letsencrypt/live/mcp.example.com/fullchain.pem", cert, "/etc/letsencrypt/live/mcp.example.com/privkey.pem", key)
	var temporary strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temporary, "%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	config := filepath.Join(dir, "nginx.conf")
	write(t, config, "daemon off; master_process off; pid "+dir+"/pid; error_log stderr;\n"+
		"events {}\nhttp {\naccess_log off;\n"+temporary.String()+site+"}\n")
	start(t, p.https, "nginx", "-p", dir, "-c", config)
}

func caddy(t *testing.T, p *proxy, upstream string) {
	dir := scratch(t)
	cert, key, pool := writeCertificate(t, dir)
	p.pool = pool
	_, port, _ := net.SplitHostPort(p.https)
	config := filepath.Join(dir, "Caddyfile")
	write(t, config, "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n\tstorage file_system "+dir+"\n\tservers {\n\t\tprotocols h1 h2\n\t}\n}\n"+
		adapt(t, "Caddyfile",
			"mcp.example.com {", "mcp.example.com:"+port+" {\n\ttls "+cert+" "+key,
			"reverse_proxy 127.0.0.1:3001", "reverse_proxy "+upstream))
	start(t, p.https, "caddy", "run", "--adapter", "caddyfile", "--config", config)
}

// scratch is a folder that a proxy which gives up root can reach.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "deploy")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start runs a program until the end of the test, and waits until it listens.
func start(t *testing.T, address, name string, args ...string) {
	t.Helper()
	path := find(t, name)
	cmd := exec.Command(path, args...)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Env = append(os.Environ(), "HOME="+filepath.Dir(args[len(args)-1]))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
			t.Errorf("%s did not end", name)
		}
		if t.Failed() {
			t.Logf("%s:\n%s", name, log.String())
		}
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v", name, err)
		default:
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatalf("%s does not listen on %s", name, address)
}

// find looks where Debian keeps programs of the system as well.
func find(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		t.Fatalf("%s is missing: run `make setup`", name)
	}
	return path
}

// post sends a message and returns the response, whose body is still open.
func post(ctx context.Context, client *http.Client, header http.Header, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+publicHost+"/mcp", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	// Without a length. A proxy made with net/http looks for more once it has passed on a body of a known length, and when the
	// answer begins at that very moment, an HTTP/1.1 client's body is closed already and the call fails (seen with Caddy 2.6, once in
	// 25 runs on a busy machine).
	req.ContentLength = -1
	req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := client.Do(req)
	if err == nil && resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
		err = errors.Join(fmt.Errorf("%s: %s", resp.Status, text), resp.Body.Close())
	}
	return resp, err
}
