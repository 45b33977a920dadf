package devloop

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/proxy"
	"github.com/xmcpgo/xmcpgo/internal/taken"
)

// build is a program that runs.
type build struct {
	number  int
	process *Process
	backend *proxy.Backend

	once sync.Once
	late chan time.Time // closed when it has no more time
}

// What an app is told of its mark, and where its readiness probe shows it. Another program can take the port of a build between the
// choice and the start; it does not know the mark.
const (
	MarkVariable = "XMCP_UNDER_DEV"
	MarkHeader   = "Xmcp-Under-Dev"
)

// maxPorts bounds how often a build is started because others have taken its port.
const maxPorts = 3

// startBuild starts a program and waits until it is ready. An error leaves nothing that runs. When the program ends while another one
// has the port that was chosen for it, it is started at another port.
func startBuild(ctx context.Context, app *App, program string, env func(addr, mark string) []string, patience time.Duration) (*build, error) {
	for try := 1; ; try++ {
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		b, err := startBuildAt(ctx, addr, app, program, env, patience)
		var ended *EndedError
		if try == maxPorts || !errors.As(err, &ended) || !robbed(addr) {
			return b, err
		}
	}
}

func startBuildAt(ctx context.Context, addr string, app *App, program string, env func(addr, mark string) []string, patience time.Duration) (b *build, err error) {
	b = &build{backend: proxy.NewBackend(addr), late: make(chan time.Time)}
	mark := rand.Text()
	if b.process, err = app.Start(program, env(addr, mark)); err != nil {
		return nil, err
	}
	if err := b.ready(ctx, addr, mark, patience); err != nil {
		b.discard()
		return nil, err
	}
	return b, nil
}

// discardPatience is the time for a build that no client knows.
const discardPatience = time.Second

// discard ends a build that has not served.
func (b *build) discard() {
	_ = b.process.Stop(discardPatience) // nothing is lost when it must be killed
	b.backend.Close()
}

// ready waits until the build answers, and nobody else.
func (b *build) ready(ctx context.Context, addr, mark string, patience time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	unmarked := false
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		req, err := http.NewRequestWithContext(waiting, http.MethodGet, "http://"+addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				if res.Header.Get(MarkHeader) == mark {
					return nil
				}
				unmarked = true // if this is another program, the build will end for want of a port
			}
		}
		select {
		case <-b.process.Done():
			return b.process.ended()
		case <-waiting.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if unmarked {
				return fmt.Errorf("what listens at HOST and PORT answers /readyz without the value of %s in the header %s: is it another program? A main function that does not call xmcp.Main must set that header", MarkVariable, MarkHeader)
			}
			return fmt.Errorf("the app is not ready within %s: its main function must call xmcp.Main, or serve at HOST and PORT and answer /readyz", patience)
		case <-time.After(pause):
		}
	}
}

// ended says how a process has ended by itself.
func (p *Process) ended() error { return &EndedError{p.Err(), p.LastLine()} }

// settling bounds the wait for requests that have just been sent to a build: a busy machine accepts a connection late. A call that takes
// longer makes it wait as long as that, which delays nothing: the build has to finish the call first.
const settling = time.Second

// finish asks the build to end and waits until it has; it is false when it had to be killed. The time can be cut short by hasten.
func (b *build) finish(within time.Duration) bool {
	timer := time.AfterFunc(within, b.hasten)
	defer timer.Stop()
	b.backend.Settle(settling)
	go b.letGo()
	ended := b.process.stop(b.late)
	b.backend.Close()
	return ended
}

// letGo closes connections that nothing needs for as long as the process runs: a server that ends waits for those that have not been
// used yet (net/http gives them 5 s), and the proxy opens one now and then that comes too late.
func (b *build) letGo() {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		b.backend.CloseIdle()
		select {
		case <-b.process.Done():
			return
		case <-ticker.C:
		}
	}
}

// hasten ends the time that a build has to finish.
func (b *build) hasten() { b.once.Do(func() { close(b.late) }) }

// freeAddr is a loopback address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port for the app: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// robbed tells whether somebody has an address that nobody of ours has any longer.
func robbed(addr string) bool {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		_ = l.Close() // it was only asked for
	}
	return taken.Address(err)
}
