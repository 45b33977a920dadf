package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// Tails are compared in short rounds in turns, and in each of them by windows, which are long enough for the garbage collector to
// run in each.
const (
	tailRounds = 15
	tailRound  = 600 * time.Millisecond
	tailWarmup = 100 * time.Millisecond
	tailWindow = 150 * time.Millisecond
	// Linux takes the core away for 50 ms from real-time programs that have used it for 950 ms of a second (sched(7)), which the
	// load generator would, since it never sleeps.
	tailPause = 200 * time.Millisecond
)

// compareTails asks both servers for the same number of requests a second, half of what ours answers at most. One request in a
// hundred is late as soon as something else has the core for one hundredth of the time. Server and load generator therefore go before
// all other programs where the system lets them, the floor as well as ours; and what other virtual machines take away makes
// windows worse and never better, so that the quartile of the best ones is what is told.
func (h *harness) compareTails(ctx context.Context, floor, ours *contender) error {
	pair := []*contender{floor, ours}
	var first []string
	if h.realtime {
		first = []string{"chrt", "--rr", realtimePriority}
	}
	rate := spreadOf(ours.samples.throughput).median / 2
	for _, c := range pair {
		if err := h.prefer(ctx, c.server, true); err != nil {
			return err
		}
	}
	for r := range tailRounds {
		for i := range pair {
			c := pair[(r+i)%2]
			p := c.plan
			p.Rate, p.Warmup, p.Duration, p.Window = rate, tailWarmup, tailRound, tailWindow
			time.Sleep(tailPause)
			res, err := h.load(ctx, p, first...)
			if err != nil {
				return fmt.Errorf("%s: %w", c.server.name, err)
			}
			c.samples.half = append(c.samples.half, res.Windows...)
		}
	}
	for _, c := range pair {
		if err := h.prefer(ctx, c.server, false); err != nil {
			return err
		}
	}
	return nil
}

const realtimePriority = "10"

// canRealtime tells whether this user may run programs before all others.
func canRealtime(ctx context.Context) bool {
	return exec.CommandContext(ctx, "chrt", "--rr", realtimePriority, "true").Run() == nil
}

// prefer lets all threads of a server run before other programs, or like them again.
func (h *harness) prefer(ctx context.Context, s *server, first bool) error {
	if !h.realtime {
		return nil
	}
	policy, priority := "--other", "0"
	if first {
		policy, priority = "--rr", realtimePriority
	}
	out, err := exec.CommandContext(ctx, "chrt", "--all-tasks", policy, "--pid", priority, strconv.Itoa(s.cmd.Process.Pid)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("priority of %s: %w: %s", s.name, err, out)
	}
	return nil
}
