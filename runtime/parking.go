package xmcp

import (
	"errors"
	"sync"
)

// parking counts the streams and waiting requests of each client, so that none can take up all the room that the gate has for
// them. The zero value is ready to use.
type parking struct {
	mu     sync.Mutex
	parked map[string]int // by session and by principal
}

var (
	errTooManyWait   = errors.New("too many requests wait for their clients")
	errTooManyOfYour = errors.New("too many streams and waiting requests of this client")
)

// take counts one more for each of the owners, unless one of them has as many as he may.
func (p *parking) take(owners []string, most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range owners {
		if p.parked[o] >= most {
			return false
		}
	}
	if p.parked == nil {
		p.parked = map[string]int{}
	}
	for _, o := range owners {
		p.parked[o]++
	}
	return true
}

func (p *parking) give(owners []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range owners {
		if p.parked[o]--; p.parked[o] == 0 {
			delete(p.parked, o)
		}
	}
}

// owners are those whose streams and waiting requests are bounded: the session and the principal of the call. One that has
// neither is nobody's; so is the client of a stdio server, which has the server to itself.
func (c *call) owners() []string {
	var list []string
	if c.session != nil && c.session.id != "" {
		list = append(list, "session "+c.session.id)
	}
	if c.principal != nil {
		list = append(list, "principal "+string(c.principal.digest()))
	}
	return list
}

// park lets a running request wait, or be a stream, without a slot until unpark is called. The error says whose bound is reached.
func (c *call) park() (unpark func(), err error) {
	owners := c.owners()
	if !c.srv.parking.take(owners, c.srv.cfg.Limits.PerClient) {
		return nil, errTooManyOfYour
	}
	if !c.srv.life.gate.park() {
		c.srv.parking.give(owners)
		return nil, errTooManyWait
	}
	return func() {
		c.srv.life.gate.unpark()
		c.srv.parking.give(owners)
	}, nil
}
