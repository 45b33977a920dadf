package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
)

// spread is a figure over several rounds.
type spread struct{ min, median, max float64 }

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	v := slices.Sorted(slices.Values(values))
	return spread{v[0], v[len(v)/2], v[len(v)-1]}
}

func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.min, s.max) }

// samples are the rounds of one server.
type samples struct {
	name       string
	throughput []float64
	cpu        []float64 // µs a request
	p50, p99   []time.Duration
	allocs     float64
	half       []time.Duration // p99 of each window at half of the peak
}

// measured is a row with its figures.
type measured struct {
	row   *row
	bare  *samples
	ours  *samples
	peers []*samples
}

// ratio compares rounds of the same number.
func ratio(a, floor *samples) spread {
	var list []float64
	for i := range a.throughput {
		list = append(list, a.throughput[i]/floor.throughput[i])
	}
	return spreadOf(list)
}

// cpuRatio is how much of a request's processor time the floor would have needed.
func cpuRatio(a, floor *samples) spread {
	var list []float64
	for i := range a.cpu {
		if a.cpu[i] > 0 {
			list = append(list, floor.cpu[i]/a.cpu[i])
		}
	}
	return spreadOf(list)
}

// tail is how often the floor's p99 goes into ours, both at half load.
func (m *measured) tail() float64 {
	if floor := bestQuarter(m.bare.half); floor > 0 {
		return float64(bestQuarter(m.ours.half)) / float64(floor)
	}
	return 0
}

// bestQuarter is what a quarter of the list does not exceed.
func bestQuarter(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(list))[len(list)/4]
}

func middle(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(list))[len(list)/2]
}

func (m *measured) String() string {
	return fmt.Sprintf("%-40s %s  ratio %v  cpu %v  %.0f/s of %.0f/s  %.1f of %.1f µs  p99 %v of %v  at half load %v of %v, middle %v of %v (%.2f×)  allocs %.1f over %.1f%s",
		m.row.name, m.row.version, ratio(m.ours, m.bare), cpuRatio(m.ours, m.bare),
		spreadOf(m.ours.throughput).median, spreadOf(m.bare.throughput).median,
		spreadOf(m.ours.cpu).median, spreadOf(m.bare.cpu).median,
		middle(m.ours.p99), middle(m.bare.p99), bestQuarter(m.ours.half), bestQuarter(m.bare.half), middle(m.ours.half), middle(m.bare.half), m.tail(), m.ours.allocs-m.bare.allocs, m.bare.allocs, m.peerText())
}

func (m *measured) peerText() (text string) {
	for _, p := range m.peers {
		text += fmt.Sprintf("  %s %v, %.0f allocs", p.name, ratio(p, m.bare), p.allocs-m.bare.allocs)
	}
	return text
}

// contender is a server in the rounds of a row.
type contender struct {
	server  *server
	plan    load.Plan
	samples *samples
}

func (h *harness) measureRow(ctx context.Context, row *row) (*measured, error) {
	main, err := h.server(ctx, row.server)
	if err != nil {
		return nil, err
	}
	requests, err := row.requests(h)
	if err != nil {
		return nil, err
	}
	answer, err := row.firstAnswer(main, requests)
	if err != nil {
		return nil, err
	}
	bare, err := h.bare(ctx, answer)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	m := &measured{row: row, bare: &samples{name: "bare"}, ours: &samples{name: "ours"}}
	plan := func(s *server, length int) load.Plan {
		return load.Plan{Addr: s.addr, Requests: requests, Conns: h.conns, Sticky: row.sticky, Warmup: h.warmup, Duration: h.round, Length: length}
	}
	length := len(answer)
	if row.sticky {
		length = 0 // ids differ in length
	}
	all := []*contender{{bare, plan(bare, length), m.bare}, {main, plan(main, length), m.ours}}
	if row.peers && h.peers {
		for _, name := range []string{"mcpgo", "gosdk"} {
			s, err := h.server(ctx, name)
			if err != nil {
				return nil, err
			}
			if _, err := row.firstAnswer(s, requests); err != nil {
				return nil, err
			}
			m.peers = append(m.peers, &samples{name: name})
			all = append(all, &contender{s, plan(s, 0), m.peers[len(m.peers)-1]})
		}
	}
	return m, h.compare(ctx, all)
}

// compare measures the contenders in turns, each round beginning with another one, then what depends on the peaks.
func (h *harness) compare(ctx context.Context, all []*contender) error {
	for r := range h.rounds {
		for i := range all {
			if err := h.oneRound(ctx, all[(r+i)%len(all)]); err != nil {
				return err
			}
		}
	}
	for _, c := range all {
		if err := h.countAllocations(ctx, c); err != nil {
			return err
		}
	}
	return h.compareTails(ctx, all[0], all[1])
}

func (h *harness) oneRound(ctx context.Context, c *contender) error {
	before := c.server.cpu()
	res, err := h.load(ctx, c.plan)
	if err != nil {
		return fmt.Errorf("%s: %w", c.server.name, err)
	}
	s := c.samples
	s.throughput = append(s.throughput, res.Throughput())
	// The warm-up costs processor time too; its requests are taken to be as many for their time as the measured ones.
	requests := float64(res.Requests) * float64(c.plan.Warmup+res.Elapsed) / float64(res.Elapsed)
	s.cpu = append(s.cpu, float64((c.server.cpu()-before).Nanoseconds())/1000/requests)
	s.p50, s.p99 = append(s.p50, res.P50), append(s.p99, res.P99)
	return nil
}

// countAllocations counts those of whole requests, net/http's own included.
func (h *harness) countAllocations(ctx context.Context, c *contender) error {
	const calls = 10_000
	before, err := c.server.stats(false)
	if err != nil {
		return err
	}
	p := c.plan
	p.Warmup, p.Duration, p.Count = 0, 0, calls
	if _, err := h.load(ctx, p); err != nil {
		return err
	}
	after, err := c.server.stats(false)
	c.samples.allocs = float64(after.Mallocs-before.Mallocs) / calls
	return err
}
