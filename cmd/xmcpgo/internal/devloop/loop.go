package devloop

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/proxy"
)

// Loop keeps the newest good build of an app serving behind a proxy. All fields but Hurry and Bounds are needed.
type Loop struct {
	App   *App
	Proxy *proxy.Proxy
	// Changes has what was changed. The first build does not wait for it.
	Changes <-chan []string
	// Make turns the source into a program, given what has changed since it was last called; nothing for the first time. An error that
	// is a *Broken says what is wrong with the source. It is not called concurrently.
	Make func(ctx context.Context, changed []string) (program string, err error)
	// Env is the environment of a program that is to listen on an address and to show a mark (MarkVariable). It is called after Make.
	Env func(addr, mark string) []string
	// Tell is told what happens, one event after another.
	Tell func(Event)
	// Hurry, when it is closed, ends the patience with apps at the end of the loop.
	Hurry  <-chan struct{}
	Bounds Bounds
}

// Bounds on what apps do; a zero one means its default.
type Bounds struct {
	// Start is the time from the start of a build to its first answer (30 s).
	Start time.Duration
	// Finish is the time that a build has for what it has begun when another one takes over (6 min, more than a tool call takes by
	// default), and Keep how many builds may finish at once (3).
	Finish time.Duration
	Keep   int
	// Stop is the time that everything has to end with the loop (12 s, more than the runtime takes by default).
	Stop time.Duration
}

func (b Bounds) resolve() Bounds {
	orElse := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	orElse(&b.Start, 30*time.Second)
	orElse(&b.Finish, 6*time.Minute)
	orElse(&b.Stop, 12*time.Second)
	if b.Keep <= 0 {
		b.Keep = 3
	}
	return b
}

// state is a Loop that runs.
type state struct {
	*Loop
	bounds   Bounds
	current  *build
	old      []*build // still finishing, oldest first
	finished chan finished
	served   int
}

type finished struct {
	*build
	cut bool
}

// attempt is the way from a change to a build.
type attempt struct {
	since  time.Time
	cancel context.CancelFunc
	done   chan struct{}
	// Once done is closed: the build, or why there is none.
	build *build
	err   error
}

// Run builds, and builds again after each change, until the context ends. When it returns, all that it has started has ended.
func (l *Loop) Run(ctx context.Context) {
	r := &state{Loop: l, bounds: l.Bounds.resolve(), finished: make(chan finished)}
	defer r.end()
	changes := l.Changes
	try := r.begin(ctx, nil, time.Now())
	for {
		var tried, ended <-chan struct{}
		if try != nil {
			tried = try.done
		}
		if r.current != nil {
			ended = r.current.process.Done()
		}
		select {
		case <-ctx.Done():
			if try != nil {
				try.callOff()
			}
			return
		case changed, ok := <-changes:
			if !ok {
				changes = nil // the watcher has ended
				continue
			}
			since := time.Now()
			if try != nil {
				try.callOff()
			}
			try = r.begin(ctx, changed, since)
		case <-tried:
			if try.err != nil {
				r.failed(ctx, try.err)
			} else {
				r.swap(try)
			}
			try = nil
		case <-ended:
			r.crashed()
		case f := <-r.finished:
			r.forget(f)
		}
	}
}

// begin makes an attempt in the background.
func (r *state) begin(ctx context.Context, changed []string, since time.Time) *attempt {
	ctx, cancel := context.WithCancel(ctx)
	a := &attempt{since: since, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		defer cancel()
		var program string
		if program, a.err = r.Make(ctx, changed); a.err == nil {
			a.build, a.err = startBuild(ctx, r.App, program, r.Env, r.bounds.Start)
		}
	}()
	return a
}

// callOff ends an attempt and what it has started.
func (a *attempt) callOff() {
	a.cancel()
	<-a.done
	if a.build != nil { // it became ready just now
		a.build.discard()
	}
}

// swap puts the build of an attempt in the place of the current one.
func (r *state) swap(a *attempt) {
	before := r.current
	r.served++
	r.current, a.build.number = a.build, r.served
	r.Proxy.Switch(r.current.backend)
	r.Tell(Event{Kind: Serving, Build: r.served, Took: time.Since(a.since)})
	if before != nil {
		r.retire(before)
	}
}

// failed takes note of an attempt without a build.
func (r *state) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // it was called off
	}
	r.Proxy.Fail(outage(err))
	r.Tell(Event{Kind: Failed, Build: r.served, Err: err})
}

// crashed takes note of a current build that has ended by itself.
func (r *state) crashed() {
	b := r.current
	r.current = nil
	err := b.process.ended()
	r.Proxy.Fail(outage(err))
	r.Proxy.Switch(nil)
	b.backend.Close()
	r.Tell(Event{Kind: Ended, Build: b.number, Err: err})
}

// outage is what clients are told of an error while nothing serves.
func outage(err error) proxy.Outage {
	o := proxy.Outage{Reason: err.Error()}
	var broken *Broken
	var ended *EndedError
	switch {
	case errors.As(err, &broken):
		o.Details = broken.Details
	case errors.As(err, &ended) && ended.LastLine != "":
		o.Details = []string{ended.LastLine}
	}
	return o
}

// retire lets a build finish what it has begun.
func (r *state) retire(b *build) {
	r.old = append(r.old, b)
	for _, o := range r.old[:max(0, len(r.old)-r.bounds.Keep)] {
		o.hasten()
	}
	go func() { r.finished <- finished{b, !b.finish(r.bounds.Finish)} }()
}

func (r *state) forget(f finished) {
	r.old = slices.DeleteFunc(r.old, func(b *build) bool { return b == f.build })
	if f.cut {
		r.Tell(Event{Kind: Cut, Build: f.number})
	}
}

// end stops all that runs, all at once.
func (r *state) end() {
	if b := r.current; b != nil {
		r.current = nil
		r.old = append(r.old, b)
		go func() { r.finished <- finished{b, !b.finish(r.bounds.Stop)} }()
	}
	timer := time.NewTimer(r.bounds.Stop)
	defer timer.Stop()
	hurry := r.Hurry
	for len(r.old) > 0 {
		select {
		case f := <-r.finished:
			r.forget(f)
			continue
		case <-timer.C:
		case <-hurry:
			hurry = nil
		}
		for _, b := range r.old {
			b.hasten()
		}
	}
}
