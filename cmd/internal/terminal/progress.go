package terminal

import (
	"fmt"
	"sync"
	"time"
)

// progressDelay keeps quick work quiet.
const progressDelay = time.Second

// Progress shows what a command is doing as one passing line, once it has taken longer than progressDelay and only where a
// person watches. It is safe for concurrent use.
type Progress struct {
	t     *Terminal
	timer *time.Timer

	mu      sync.Mutex
	stage   string
	visible bool
	stopped bool
}

// Start begins to count the time; nothing is shown before there is a stage.
func Start(t *Terminal) *Progress {
	p := &Progress{t: t}
	if t.Live {
		p.timer = time.AfterFunc(progressDelay, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.visible = !p.stopped
			p.draw()
		})
	}
	return p
}

// Say names the stage that begins.
func (p *Progress) Say(stage string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = stage
	p.draw()
}

func (p *Progress) draw() {
	if p.visible && !p.stopped && p.stage != "" {
		fmt.Fprintf(p.t.Stderr, "\r\x1b[K%s", p.t.ErrColour.Dim(p.stage+" …"))
	}
}

// Stop erases the line. Nothing is written afterwards.
func (p *Progress) Stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.visible {
		fmt.Fprint(p.t.Stderr, "\r\x1b[K")
	}
	p.stopped = true
}
