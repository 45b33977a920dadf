package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The program serves until it is told to end, and ends in order.
func TestRun(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := run(t.Context(), "chi", addr); err == nil || !strings.Contains(err.Error(), "listen tcp") {
		t.Errorf("a taken port: %v", err)
	}
	if err := run(t.Context(), "gorilla", addr); err == nil || !strings.Contains(err.Error(), `no router "gorilla"`) {
		t.Errorf("an unknown router: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	client := &http.Client{Timeout: time.Second} // that program may take a request and answer none
	serve := func() { ended <- run(ctx, "echo", addr) }
	go serve()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		select {
		case err := <-ended: // the port that was free may be another program's by now
			if taken, ok := errors.AsType[*net.OpError](err); !ok || taken.Op != "listen" || time.Now().After(end) {
				t.Fatalf("it ends at once: %v", err)
			}
			addr = freeAddress(t)
			go serve()
		default:
		}
		if res, err := client.Get("http://" + addr + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Now().After(end) {
			t.Fatal("it is not ready")
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
