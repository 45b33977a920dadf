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
	keysFresh   = 10 * time.Minute // between two fetches in the background
	keysStale   = 24 * time.Hour   // older ones are no longer used
	keysForced  = 30 * time.Second // between two fetches for the sake of unknown keys
	keysRetry   = 5 * time.Second  // between two tries while there are no keys; what clients are told to wait
	fetchBudget = 5 * time.Second  // for one fetch
)

// maxWaiting is how many requests wait while keys are fetched for the sake of unknown ones; made-up keys must not hold more.
const maxWaiting = 64

// errNoKeys tells that the issuer's keys cannot be had: the request may be fine, so the answer is 503 and not 401.
var errNoKeys = errors.New("the issuer's keys cannot be had")

// keyring holds the issuer's keys. Looking one up takes no lock. Its fetches belong to no request, so that a client which gives up
// takes nothing from others; they end with the context of the ring.
type keyring struct {
	ctx   context.Context
	fetch func(ctx context.Context) (map[string]*key, error)
	now   func() time.Time
	log   *slog.Logger
	hint  string // what to do when they cannot be had

	current atomic.Pointer[keySet]
	active  sync.WaitGroup // goroutines
	waiting atomic.Int32   // requests with unknown keys

	mu      sync.Mutex
	tried   time.Time     // when the last fetch began
	forced  time.Time     // when the last fetch for an unknown key began
	running chan struct{} // closed when the fetch under way has ended; nil when none is
}

type keySet struct {
	byID    map[string]*key
	fetched time.Time
}

// keepFresh fetches the keys now and from time to time, until the context of the ring ends. The first fetch has begun when it
// returns.
func (r *keyring) keepFresh() {
	done := r.refresh(0)
	r.active.Go(func() {
		timer := time.NewTimer(keysFresh)
		defer timer.Stop()
		for {
			if done != nil {
				<-done // bounded by fetchBudget
			}
			wait := keysFresh
			if set := r.usable(); set == nil || r.now().Sub(set.fetched) >= keysFresh {
				wait = keysForced // it has failed
			}
			timer.Reset(wait)
			select {
			case <-timer.C:
				done = r.refresh(keysRetry)
			case <-r.ctx.Done():
				return
			}
		}
	})
}

// stop waits for the goroutines, whose context has ended.
func (r *keyring) stop(ctx context.Context) error {
	r.mu.Lock() // who has seen the context alive has counted its goroutine
	done := make(chan struct{})
	r.mu.Unlock()
	go func() { r.active.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// find returns the key with an id. A key that is not there may be new, so the set is fetched, at most every [keysForced].
func (r *keyring) find(kid string) (*key, error) {
	set := r.usable()
	if set != nil {
		if k := set.byID[kid]; k != nil {
			r.touch(set)
			return k, nil
		}
	}
	if done := r.force(set != nil); done != nil {
		if n := r.waiting.Add(1); set == nil || n <= maxWaiting {
			<-done // bounded by fetchBudget
		}
		r.waiting.Add(-1)
	}
	if set = r.usable(); set == nil {
		return nil, errNoKeys
	}
	if k := set.byID[kid]; k != nil {
		return k, nil
	}
	return nil, refuse(FaultKey, "the issuer has no key %s", quote(kid))
}

// holds tells whether a key is still one of the issuer's; keys that cannot be had any more are not.
func (r *keyring) holds(k *key) bool {
	set := r.usable()
	if set == nil {
		return false
	}
	r.touch(set)
	return set.byID[k.id] == k
}

// touch fetches a set that has become old although it is in use, as on a machine that slept.
func (r *keyring) touch(set *keySet) {
	if r.now().Sub(set.fetched) > keysFresh {
		r.refresh(keysForced)
	}
}

func (r *keyring) usable() *keySet {
	set := r.current.Load()
	if set == nil || r.now().Sub(set.fetched) > keysStale {
		return nil
	}
	return set
}

// force begins a fetch for a key that is not known. There are keys, or the issuer could not be reached so far.
func (r *keyring) force(keys bool) <-chan struct{} {
	if !keys {
		return r.refresh(keysRetry)
	}
	r.mu.Lock()
	running, early := r.running, r.now().Sub(r.forced) < keysForced
	if running == nil && !early {
		r.forced = r.now()
	}
	r.mu.Unlock()
	if running != nil || early {
		return running
	}
	return r.refresh(0)
}

// refresh begins a fetch, unless one is under way or was within the pause, and returns a channel that is closed when the one under
// way has ended; nil when there is none to wait for.
func (r *keyring) refresh(pause time.Duration) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running != nil {
		return r.running
	}
	if r.now().Sub(r.tried) < pause || r.ctx.Err() != nil {
		return nil
	}
	r.tried, r.running = r.now(), make(chan struct{})
	r.active.Go(func() {
		ctx, cancel := context.WithTimeout(r.ctx, fetchBudget)
		defer cancel()
		byID, err := r.fetch(ctx)
		switch {
		case err == nil:
			r.keep(byID)
		case r.ctx.Err() == nil:
			r.log.Warn(withHint("fetching the issuer's keys failed", r.hint), "error", err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		close(r.running)
		r.running = nil
	})
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
