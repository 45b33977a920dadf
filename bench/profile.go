package main

import (
	"context"
	"errors"
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
		if err := h.profileRow(ctx, i, row); err != nil {
			return fmt.Errorf("%s, %s: %w", row.name, row.version, err)
		}
	}
	return nil
}

func (h *harness) profileRow(ctx context.Context, i int, row *row) error {
	ours, err := h.server(ctx, row.server)
	if err != nil {
		return err
	}
	requests, err := row.requests(h)
	if err != nil {
		return err
	}
	answer, err := row.firstAnswer(ours, requests)
	if err != nil {
		return err
	}
	bare, err := h.bare(ctx, answer)
	if err != nil {
		return err
	}
	defer bare.stop()
	plan := load.Plan{Requests: requests, Conns: h.conns, Sticky: row.sticky, Duration: 6 * time.Second}
	for _, s := range []*server{ours, bare} {
		file := filepath.Join(h.profile, fmt.Sprintf("%d-%s.prof", i, s.name))
		if err := h.profileOne(ctx, s, plan, file); err != nil {
			return err
		}
		fmt.Fprintf(h.out, "%s %s: go tool pprof -top -cum %s %s\n", row.name, row.version, filepath.Join(h.bin, s.name), file)
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
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("profile of %s: %s", s.name, res.Status)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, res.Body)
	return errors.Join(err, f.Close())
}
