package oauth

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// source is where a ring of keys fetches them, in bubbles of time in which hours pass at once.
type source struct {
	mu      sync.Mutex
	ids     []string
	down    bool
	takes   time.Duration
	fetches int
}

func (s *source) fetch(ctx context.Context) (map[string]*key, error) {
	s.mu.Lock()
	s.fetches++
	takes, down := s.takes, s.down
	keys := map[string]*key{}
	for _, id := range s.ids {
		keys[id] = &key{id: id, kind: "Ed25519", public: ed25519.PublicKey(make([]byte, ed25519.PublicKeySize))}
	}
	s.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if down {
		return nil, errors.New("down")
	}
	return keys, nil
}

func (s *source) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *source) count() (n int) {
	s.set(func() { n = s.fetches })
	return n
}

// inBubble runs f with a ring whose goroutines must have ended at the end: the bubble waits for them.
func inBubble(t *testing.T, s *source, f func(t *testing.T, r *keyring)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := &keyring{ctx: ctx, fetch: s.fetch, now: time.Now, log: slog.New(slog.DiscardHandler)}
		r.keepFresh()
		synctest.Wait()
		f(t, r)
		cancel()
		if err := r.stop(context.Background()); err != nil {
			t.Error(err)
		}
		if r.refresh(0) != nil {
			t.Error("a ring that was stopped fetches")
		}
	})
}

func TestKeysAreFetchedInTheBackground(t *testing.T) {
	s := &source{ids: []string{"a"}}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		if _, err := r.find("a"); err != nil || s.count() != 1 {
			t.Fatalf("at the start: %v, %d fetches", err, s.count())
		}
		time.Sleep(time.Hour + time.Minute)
		if got := s.count(); got != 7 {
			t.Errorf("%d fetches in an hour without requests, want 7", got)
		}
		s.set(func() { s.ids = []string{"b"} })
		time.Sleep(keysFresh)
		if _, err := r.find("a"); err == nil {
			t.Error("a key that was withdrawn is still good")
		}
	})
}

func TestKeysAreRetried(t *testing.T) {
	s := &source{ids: []string{"a"}, down: true}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		if _, err := r.find("a"); !errors.Is(err, errNoKeys) || s.count() != 1 {
			t.Errorf("down: %v, %d fetches", err, s.count())
		}
		time.Sleep(keysRetry) // as clients are told to wait
		if _, err := r.find("a"); !errors.Is(err, errNoKeys) || s.count() != 2 {
			t.Errorf("still down: %v, %d fetches", err, s.count())
		}
		s.set(func() { s.down = false })
		time.Sleep(keysRetry)
		if _, err := r.find("a"); err != nil {
			t.Errorf("up again: %v", err)
		}
	})
	s = &source{ids: []string{"a"}, down: true}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		time.Sleep(time.Second)
		s.set(func() { s.down = false })
		time.Sleep(keysForced)
		if r.usable() == nil {
			t.Error("without requests, keys that could not be had at the start are not asked for again")
		}
	})
}

func TestKeysAreKeptForADay(t *testing.T) {
	s := &source{ids: []string{"a"}}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		k, err := r.find("a")
		if err != nil {
			t.Fatal(err)
		}
		s.set(func() { s.down = true })
		time.Sleep(keysStale - time.Minute)
		if _, err := r.find("a"); err != nil || !r.holds(k) {
			t.Errorf("within the day: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if _, err := r.find("a"); !errors.Is(err, errNoKeys) || r.holds(k) {
			t.Errorf("after the day: %v", err)
		}
	})
}

func TestUnknownKeys(t *testing.T) {
	s := &source{ids: []string{"a"}}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		s.set(func() { s.ids = []string{"a", "b"} })
		if _, err := r.find("b"); err != nil || s.count() != 2 {
			t.Errorf("a new key, just after the start: %v, %d fetches", err, s.count())
		}
		for range 100 {
			if _, err := r.find("made up"); err == nil {
				t.Error("a key was made up")
			}
		}
		if got := s.count(); got != 2 {
			t.Errorf("%d fetches for keys that are made up", got)
		}
		time.Sleep(keysForced)
		s.set(func() { s.takes = time.Second })
		var wg sync.WaitGroup
		began := time.Now()
		quick := 0
		var mu sync.Mutex
		for range maxWaiting + 36 {
			wg.Go(func() {
				_, err := r.find("made up")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					t.Error("a key was made up")
				}
				if time.Since(began) == 0 {
					quick++
				}
			})
		}
		synctest.Wait()
		if _, err := r.find("a"); err != nil || time.Since(began) != 0 {
			t.Errorf("a known key waits: %v, %v", err, time.Since(began))
		}
		wg.Wait()
		if got := s.count(); got != 3 || quick != 36 {
			t.Errorf("%d fetches; %d did not wait", got, quick)
		}
	})
}

// A fetch that takes too long ends, and a request that gives up does not end it for others.
func TestSlowKeys(t *testing.T) {
	s := &source{ids: []string{"a"}, takes: time.Hour}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		began := time.Now()
		if _, err := r.find("a"); !errors.Is(err, errNoKeys) || time.Since(began) != fetchBudget {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
	s = &source{ids: []string{"a"}, takes: time.Second}
	inBubble(t, s, func(t *testing.T, r *keyring) {
		s.set(func() { s.ids, s.takes = []string{"a", "b"}, 3*time.Second })
		time.Sleep(2 * time.Second)
		if r.refresh(0) == nil {
			t.Error("no fetch")
		}
		if _, err := r.find("b"); err != nil || s.count() != 2 {
			t.Errorf("a fetch under way is not waited for: %v, %d fetches", err, s.count())
		}
	})
}
