package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
)

// profileRows writes a CPU profile of our server for each row, taken under full load.
func (h *harness) profileRows(ctx context.Context) error {
	for i := range rows {
		row := &rows[i]
		if !h.rows.MatchString(row.name + " " + row.version) {
			continue
		}
		s, err := h.server(ctx, row.server)
		if err != nil {
			return err
		}
		requests, err := row.requests(h)
		if err != nil {
			return err
		}
		file := filepath.Join(h.profile, fmt.Sprintf("%d.prof", i))
		done := make(chan error, 1)
		go func() {
			time.Sleep(500 * time.Millisecond)
			done <- s.profile(file)
		}()
		plan := load.Plan{Addr: s.addr, Requests: requests, Conns: h.conns, Sticky: row.sticky, Duration: 6 * time.Second}
		if _, err := h.load(ctx, plan); err != nil {
			return err
		}
		if err := <-done; err != nil {
			return err
		}
		fmt.Fprintf(h.out, "%s: %s %s: go tool pprof -top -cum %s %s\n", file, row.name, row.version, filepath.Join(h.bin, "ours"), file)
	}
	return nil
}

func (s *server) profile(file string) error {
	res, err := http.Get("http://" + s.side + "/profile")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(f, res.Body)
	return err
}
