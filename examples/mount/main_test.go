package main

import (
	"context"
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
	go func() { ended <- run(ctx, "echo", addr) }()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if res, err := http.Get("http://" + addr + "/readyz"); err == nil {
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
