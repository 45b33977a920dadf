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

// profileRows writes a CPU profile of our server for each row, taken under full load, and one of the floor.
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
		answer, err := load.Once(s.addr, requests[0])
		if err != nil {
			return err
		}
		bare, err := h.bare(ctx, answer)
		if err != nil {
			return err
		}
		defer bare.stop()
		plan := load.Plan{Requests: requests, Conns: h.conns, Sticky: row.sticky, Duration: 6 * time.Second}
		for name, of := range map[string]*server{"ours": s, "bare": bare} {
			file := filepath.Join(h.profile, fmt.Sprintf("%d-%s.prof", i, name))
			if err := h.profileOne(ctx, of, plan, file); err != nil {
				return err
			}
			fmt.Fprintf(h.out, "%s %s: go tool pprof -top -cum %s %s\n", row.name, row.version, filepath.Join(h.bin, name), file)
		}
	}
	return nil
}

func (h *harness) profileOne(ctx context.Context, s *server, plan load.Plan, file string) error {
	done := make(chan error, 1)
	go func() {
		time.Sleep(500 * time.Millisecond)
		done <- s.profile(file)
	}()
	plan.Addr = s.addr
	res, err := h.load(ctx, plan)
	if err != nil {
		return err
	}
	fmt.Fprintf(h.out, "%s: %.0f requests a second\n", s.name, res.Throughput())
	return <-done
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
