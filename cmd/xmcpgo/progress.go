package main

import (
	"fmt"
	"sync"
	"time"
)

// progressDelay keeps quick work quiet.
const progressDelay = time.Second

// progress shows what a command is doing as one passing line, once it has taken longer than progressDelay and only where a
// person watches. It is safe for concurrent use.
type progress struct {
	t     *terminal
	timer *time.Timer

	mu      sync.Mutex
	stage   string
	visible bool
	stopped bool
}

func startProgress(t *terminal) *progress {
	p := &progress{t: t}
	if t.live {
		p.timer = time.AfterFunc(progressDelay, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.visible = !p.stopped
			p.draw()
		})
	}
	return p
}

// say names the stage that begins.
func (p *progress) say(stage string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = stage
	p.draw()
}

func (p *progress) draw() {
	if p.visible && !p.stopped && p.stage != "" {
		fmt.Fprintf(p.t.stderr, "\r\x1b[K%s", p.t.errColour.dim(p.stage+" …"))
	}
}

// stop erases the line. Nothing is written afterwards.
func (p *progress) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.visible {
		fmt.Fprint(p.t.stderr, "\r\x1b[K")
	}
	p.stopped = true
}
