package xmcp

import (
	"context"
	"sync/atomic"
)

// gate counts the requests that run, refuses those beyond the limit, and lets the drain wait for the last one. A request
// that waits for its client, or that became a stream, is parked: it runs on but holds no slot. Parked ones have a limit of
// their own.
type gate struct {
	max   int64
	parks int64
	count atomic.Int64 // requests in the upper half, slots in the lower
	state atomic.Int32
	idle  chan struct{} // one token when the last request has left a closed gate
}

const (
	oneSlot    = 1
	oneRequest = 1 << 32
	slotMask   = oneRequest - 1
)

// The states of a gate, in their order.
const (
	gateStarting = iota // requests are refused until the hooks of OnStart have run
	gateOpen
	gateDraining
)

// admission is the answer of [gate.enter].
type admission uint8

const (
	admitted admission = iota
	refusedStarting
	refusedDraining
	refusedBusy
)

func newGate(max, parks int) *gate {
	return &gate{max: int64(max), parks: int64(parks), idle: make(chan struct{}, 1)}
}

// enter takes a slot. Only a request that was admitted may leave.
func (g *gate) enter() admission {
	n := g.count.Add(oneRequest + oneSlot)
	verdict := admitted
	switch state := g.state.Load(); {
	case state == gateStarting:
		verdict = refusedStarting
	case state == gateDraining:
		verdict = refusedDraining
	case n&slotMask > g.max:
		verdict = refusedBusy
	}
	if verdict != admitted {
		g.leave()
	}
	return verdict
}

// enterToAnswer takes a slot of a draining gate while a call waits for its client: the request may bring the answer. Whoever
// is let in must refuse everything else.
func (g *gate) enterToAnswer() bool {
	n := g.count.Add(oneRequest + oneSlot)
	if n/oneRequest > n&slotMask && n&slotMask <= g.max {
		return true
	}
	g.leave()
	return false
}

// leave gives the slot back. The count is changed before the state is read, and the drain reads them the other way round,
// so one of the two sees the last request leave.
func (g *gate) leave() {
	n := g.count.Add(-oneRequest - oneSlot)
	if g.state.Load() == gateDraining && n/oneRequest == 0 {
		select {
		case g.idle <- struct{}{}:
		default:
		}
	}
}

// park gives the slot of a running request to others until unpark; false means that too many are parked already, and that it
// has kept its slot.
func (g *gate) park() bool {
	n := g.count.Add(-oneSlot)
	if n/oneRequest-n&slotMask > g.parks {
		g.unpark()
		return false
	}
	return true
}

// unpark takes a slot for a parked request. It is never refused, so the limit may be passed for a moment.
func (g *gate) unpark() { g.count.Add(oneSlot) }

// draining tells that nothing new may begin.
func (g *gate) draining() bool { return g.state.Load() == gateDraining }

func (g *gate) running() int64 { return g.count.Load() / oneRequest }

// wait returns when the closed gate has no request left, or with the context's error.
func (g *gate) wait(ctx context.Context) error {
	for g.running() != 0 {
		select {
		case <-g.idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
