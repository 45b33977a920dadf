package xmcp

import (
	"context"
	"sync"
)

// flights are the requests of one client that are being answered, so that the client can cancel them by id. The zero value is
// empty and ready to use.
type flights struct {
	mu   sync.Mutex
	byID map[string]*callContext
}

// add registers a request under its raw id; false means that the id is in use.
func (f *flights) add(id []byte, c *callContext) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, taken := f.byID[string(id)]; taken {
		return false
	}
	if f.byID == nil {
		f.byID = map[string]*callContext{}
	}
	f.byID[string(id)] = c
	return true
}

func (f *flights) remove(id []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.byID, string(id))
}

// cancel ends the request with the id, if there is one (MCP 2025-11-25, basic/utilities/cancellation).
func (f *flights) cancel(id []byte) {
	f.mu.Lock()
	c := f.byID[string(id)]
	f.mu.Unlock()
	if c != nil {
		c.end(context.Canceled, errCancelled)
	}
}

// none tells whether nothing is being answered.
func (f *flights) none() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.byID) == 0
}

func (f *flights) cancelAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.byID {
		go c.end(context.Canceled, errCancelled)
	}
}
