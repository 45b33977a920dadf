package oauth

import (
	"context"
	"crypto"
	"errors"

	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// How long keys are good for, and how often they are asked for.
const (
	keysFresh   = 10 * time.Minute // older ones are fetched again in the background
	keysStale   = 24 * time.Hour   // older ones are no longer used
	keysPause   = 30 * time.Second // between two fetches, whatever asks for them
	fetchBudget = 5 * time.Second  // for one fetch
)

// errNoKeys tells that the issuer's keys cannot be had: the request may be fine, so the answer is 503 and not 401.
var errNoKeys = errors.New("the issuer's keys cannot be had")

// keyring holds the issuer's keys. Looking one up takes no lock.
type keyring struct {
	fetch func(ctx context.Context) (map[string]*key, error)
	now   func() time.Time
	log   *slog.Logger

	current atomic.Pointer[keySet]

	mu      sync.Mutex
	tried   time.Time     // when the last fetch began
	running chan struct{} // closed when the fetch under way has ended; nil when none is
}

type keySet struct {
	byID    map[string]*key
	fetched time.Time
}

// find returns the key with an id, fetching the set when it is not there, at most every [keysPause].
func (r *keyring) find(kid string) (*key, error) {
	if set := r.usable(); set != nil {
		if k := set.byID[kid]; k != nil {
			if r.now().Sub(set.fetched) > keysFresh {
				r.refresh()
			}
			return k, nil
		}
	}
	if done := r.refresh(); done != nil {
		<-done // bounded by fetchBudget
	}
	set := r.usable()
	if set == nil {
		return nil, errNoKeys
	}
	if k := set.byID[kid]; k != nil {
		return k, nil
	}
	return nil, refuse(FaultKey, "the issuer has no key %s", quote(kid))
}

// current tells whether a key is still one of the issuer's; keys that cannot be had any more are not.
func (r *keyring) holds(k *key) bool {
	set := r.usable()
	if set == nil {
		return false
	}
	if r.now().Sub(set.fetched) > keysFresh {
		r.refresh()
	}
	return set.byID[k.id] == k
}

func (r *keyring) usable() *keySet {
	set := r.current.Load()
	if set == nil || r.now().Sub(set.fetched) > keysStale {
		return nil
	}
	return set
}

// refresh begins a fetch, unless one is under way or was a moment ago, and returns a channel that is closed when the one under
// way has ended; nil when there is none to wait for.
func (r *keyring) refresh() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		return r.running
	}
	if r.now().Sub(r.tried) < keysPause {
		return nil
	}
	r.tried, r.running = r.now(), make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), fetchBudget)
		defer cancel()
		byID, err := r.fetch(ctx)
		if err != nil {
			r.log.Warn("fetching the issuer's keys failed", "error", err)
		} else {
			r.keep(byID)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		close(r.running)
		r.running = nil
	}()
	return r.running
}

// keep replaces the set. Keys that are the same stay the same pointers, so that tokens which they have signed stay known;
// keys that are gone take their tokens with them.
func (r *keyring) keep(byID map[string]*key) {
	if old := r.current.Load(); old != nil {
		for id, k := range byID {
			if before := old.byID[id]; before != nil && before.same(k) {
				byID[id] = before
			}
		}
	}
	r.current.Store(&keySet{byID, r.now()})
}

func (k *key) same(other *key) bool {
	public, ok := k.public.(interface{ Equal(x crypto.PublicKey) bool })
	if !ok {
		return false
	}
	return k.alg == other.alg && k.kind == other.kind && public.Equal(other.public)
}
