package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/signin"
)

const signInHelp = `The page to sign in on is opened by the program that BROWSER names, or by the desktop, and its URL is printed. Tokens are kept
for the next time, each in a file of yours alone in the folder for configuration, and are sent to their own server only.`

// defaultTimeout is longer than a person and a tool take by default.
const defaultTimeout = 15 * time.Minute

// target is the server that a command talks to.
type target struct {
	url          string
	header       http.Header
	noBrowser    bool
	fresh        bool
	clientID     string
	callbackPort int
	timeout      time.Duration
}

// targetFlags adds the flags of commands that talk to a server.
func targetFlags(c *command) *target {
	g := &target{header: http.Header{}}
	c.flags.Func("header", "send this `NAME:VALUE` with every request; an Authorization header takes the place of signing in", func(v string) error {
		name, value, ok := strings.Cut(v, ":")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(name, " \t\"") {
			return errors.New("it is not of the form NAME:VALUE")
		}
		g.header.Add(name, strings.TrimSpace(value))
		return nil
	})
	c.flags.BoolVar(&g.noBrowser, "no-browser", false, "print the URL to sign in at and open nothing")
	c.flags.BoolVar(&g.fresh, "sign-in", false, "sign in again, whatever was kept")
	c.flags.StringVar(&g.clientID, "client-id", "", "sign in as this registered client, where none can register itself: `ID`")
	c.flags.IntVar(&g.callbackPort, "callback-port", 0, "take the browser's answer on this `PORT` of 127.0.0.1; 0 is any")
	c.flags.DurationVar(&g.timeout, "timeout", defaultTimeout, "give up after this `DURATION`, the sign-in included")
	return g
}

// use connects to the server, does the work and ends the connection.
func (g *target) use(ctx context.Context, t *terminal.Terminal, c *command, work func(context.Context, *remote.Client) error) error {
	switch {
	case g.url == "" && len(c.program) == 0:
		return c.errorf("name the server: its URL, or -- and the program that is it")
	case g.url != "" && len(c.program) > 0:
		return c.errorf("name the server by URL or by program, not both")
	case g.timeout <= 0:
		return c.errorf("flag --timeout must be above zero")
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	server, err := g.client(t, c)
	if err != nil {
		return err
	}
	progress := terminal.Start(t)
	server.Notify = shownProgress(progress)
	progress.Say("Connecting")
	err = server.Open(ctx)
	if err == nil {
		progress.Say("Waiting for the server")
		err = work(ctx, server)
	}
	progress.Stop()
	if closing := server.Close(); err == nil {
		err = closing
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s: no answer within %s", c.name, g.timeout)
	}
	return explain(err)
}

func (g *target) client(t *terminal.Terminal, c *command) (*remote.Client, error) {
	version := version.Read().Version
	if len(c.program) > 0 {
		return remote.Command(c.program, version, t.Stderr)
	}
	if !strings.Contains(g.url, "://") {
		if host, _, _ := strings.Cut(g.url, "/"); strings.Contains(host, ":") || host == "localhost" {
			return nil, c.errorf("%q is no URL; did you mean http://%s?", g.url, g.url)
		}
		return nil, c.errorf("%q is no URL; a program goes behind --", g.url)
	}
	transport, err := g.signedIn(t)
	if err != nil {
		return nil, err
	}
	server, err := remote.HTTP(g.url, version, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the server redirects: call it by its own URL")
	}})
	if err != nil {
		return nil, c.errorf("%v", err)
	}
	return server, nil
}

// signedIn is the way to the server: with the given headers, and with a token unless they bring one.
func (g *target) signedIn(t *terminal.Terminal) (http.RoundTripper, error) {
	var way http.RoundTripper = headers{g.url, g.header, http.DefaultTransport}
	if g.header.Get("Authorization") != "" {
		return way, nil
	}
	store, err := signin.DefaultStore()
	if err != nil {
		return nil, err
	}
	if g.fresh {
		if _, err := store.Forget(g.url); err != nil {
			return nil, fmt.Errorf("forget the token: %w", err)
		}
	}
	return &signin.Transport{
		Server: g.url, Store: store, ClientID: g.clientID, CallbackPort: g.callbackPort, Base: way,
		Browse: func(page string) error {
			fmt.Fprintf(t.Stderr, "Sign in at\n  %s\n", printable(page))
			if g.noBrowser {
				return nil
			}
			if err := signin.OpenBrowser(runtime.GOOS, os.Getenv, page); err != nil {
				fmt.Fprintln(t.Stderr, "There is no browser here: open the address in one on this machine.")
			}
			return nil
		},
	}, nil
}

// headers adds headers to the requests to one URL.
type headers struct {
	url  string
	add  http.Header
	base http.RoundTripper
}

func (h headers) RoundTrip(req *http.Request) (*http.Response, error) {
	if len(h.add) == 0 || req.URL.String() != h.url {
		return h.base.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	for name, values := range h.add {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	return h.base.RoundTrip(req)
}

// explain adds what to do about refusals that say little by themselves.
func explain(err error) error {
	var dial *net.OpError
	var signIn *signin.Error // its authorization server is another matter
	if errors.As(err, &dial) && dial.Op == "dial" && !errors.As(err, &signIn) {
		return fmt.Errorf("%w\n\tNothing serves there. Start the server first, such as by xmcpgo dev in the folder of an app, or correct the URL.", err)
	}
	if errors.Is(err, signin.ErrNoIssuer) {
		return fmt.Errorf("%w\n\tIf it takes keys, send one that it knows: --header 'X-API-Key: KEY' or --header 'Authorization: Bearer KEY'.", err)
	}
	var refused *remote.Error
	if errors.As(err, &refused) && refused.Code == remote.CodeMissingCapability {
		err = fmt.Errorf("%w: %w", remote.ErrAsks, err)
	}
	if !errors.As(err, &refused) || refused.Code != 0 {
		return err
	}
	switch refused.Status {
	case http.StatusUnauthorized:
		return fmt.Errorf("%w\n\tThe server refuses the credentials. Try --sign-in, or the right --header.", err)
	case http.StatusForbidden:
		return fmt.Errorf("%w\n\tThe server forbids it: the host name it was called by may not be allowed (ALLOWED_HOSTS), or a scope is missing.", err)
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fmt.Errorf("%w\n\tThere is no MCP endpoint at this URL. Its path is /mcp unless the server says otherwise.", err)
	}
	return err
}
