package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
)

// freeAddr is the address itself once nobody else listens on it, with a port in place of 0.
func freeAddr(addr string) (string, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return "", fmt.Errorf("address %s is taken by another program: choose another one by --addr", addr)
	}
	if err != nil {
		return "", fmt.Errorf("address %s cannot be listened on (choose another one by --addr): %w", addr, err)
	}
	if _, port, err := net.SplitHostPort(addr); err == nil && port == "0" {
		host, _, _ := net.SplitHostPort(addr)
		_, port, _ = net.SplitHostPort(l.Addr().String())
		addr = net.JoinHostPort(host, port)
	}
	return addr, l.Close()
}

// environment is that of the command, with what the app is told. The app reads its .env file itself.
func (d *dev) environment() []string {
	host, port, _ := net.SplitHostPort(d.addr) // it was listened on
	told := map[string]string{"HOST": host, "PORT": port, envEndpoint: d.settings.endpoint(), "XMCP_STDIO": "false"}
	if d.standIn != nil {
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

// attend waits for the app to answer, says how to use it, and stays until it ends or is to end.
func (d *dev) attend(ctx context.Context, t *terminal.Terminal, p *devloop.Process) error {
	ready := make(chan error, 1)
	waiting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	go func() { ready <- answers(waiting, d.addr) }()
	var failed chan error
	if d.standIn != nil {
		failed = d.standIn.failed
	}
	for {
		select {
		case err := <-ready:
			if err != nil && ctx.Err() == nil {
				return errors.Join(fmt.Errorf("dev: the app does not answer at %s within %s: its main function must call xmcp.Main or serve at HOST and PORT", d.addr, startPatience), p.Stop(stopPatience))
			}
			if err == nil {
				d.commands(t)
			}
		case err := <-failed:
			return errors.Join(err, p.Stop(stopPatience))
		case <-p.Done():
			if ctx.Err() != nil {
				return nil
			}
			if p.Err() != nil {
				fmt.Fprintf(t.Stderr, "xmcpgo: the app has ended: %v\n", p.Err())
			} else {
				fmt.Fprintln(t.Stderr, "xmcpgo: the app has ended by itself")
			}
			return errFound
		case <-ctx.Done():
			return p.Stop(stopPatience)
		}
	}
}

// answers waits until the server at an address is ready.
func answers(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = defaultHost
	}
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
