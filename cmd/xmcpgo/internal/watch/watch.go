package watch

import (
	"context"
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
	"time"
)

// Config says how often a watcher looks. A zero field means its default.
type Config struct {
	// Interval is the least time between two looks (50 ms).
	Interval time.Duration
	// Quiet is how long nothing may change before a change is reported (75 ms), and Longest how long that may put a report off (2 s).
	Quiet, Longest time.Duration
}

// Watcher watches a set of files. Its methods are safe for concurrent use, but Run is called once.
type Watcher struct {
	cfg     Config
	changes chan []string
	seed    maphash.Seed

	mu    sync.Mutex
	set   Set
	next  *Set // replaces set at the next look
	full  bool
	every bool // each save counts

	known map[string]stamp // as of the last report; Run's own
}

// stamp is what a file was like.
type stamp struct {
	modified time.Time
	size     int64
	sum      uint64
	// fresh: the file had just been written when it was read, so that the next write could leave time and size as they are.
	fresh bool
}

// freshness is the coarsest clock of a file system that is in use (FAT), with some air.
const freshness = 2500 * time.Millisecond

// maxSummed is the size up to which a file's content decides; above it, time and size do.
const maxSummed = 1 << 20

// New looks at the files for the first time: what changes from now on is reported once Run runs.
func New(cfg Config, set Set) *Watcher {
	orElse := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	orElse(&cfg.Interval, 50*time.Millisecond)
	orElse(&cfg.Quiet, 75*time.Millisecond)
	orElse(&cfg.Longest, 2*time.Second)
	w := &Watcher{cfg: cfg, changes: make(chan []string), seed: maphash.MakeSeed(), set: set}
	w.known = w.look(set, nil)
	return w
}

// Changes has the paths that changed, sorted, in the form of the set. What changes before they are received is added to them.
// Run closes it.
func (w *Watcher) Changes() <-chan []string { return w.changes }

// Watch replaces the set. Files that were not watched before are taken as they are at the next look.
func (w *Watcher) Watch(set Set) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = &set
}

// EverySave makes each save from now on a change, or only those that change a file's content, as from the beginning.
func (w *Watcher) EverySave(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.every = on
}

// Full tells whether the set has more files than are watched, which is 20,000.
func (w *Watcher) Full() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.full
}

// Run watches until the context ends.
func (w *Watcher) Run(ctx context.Context) {
	defer close(w.changes)
	timer := time.NewTimer(w.cfg.Interval)
	defer timer.Stop()
	seen := w.known // the last look
	every := false
	var since time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		start := time.Now()
		now := w.step(seen)
		every = w.everySave(every, seen) // asked behind the look: a save that it has seen may have come after EverySave
		cost := time.Since(start)
		settled := len(differences(seen, now, every)) == 0
		seen = now
		changed := differences(w.known, now, every)
		switch {
		case len(changed) == 0:
			since = time.Time{}
		case since.IsZero():
			since = start
		case settled || time.Since(since) > w.cfg.Longest:
			select {
			case w.changes <- changed:
				w.known, since = now, time.Time{}
			case <-ctx.Done():
				return
			case <-time.After(w.cfg.Quiet): // nobody has time for it; meanwhile there may be more
			}
		}
		wait := w.cfg.Interval
		if !since.IsZero() {
			wait = w.cfg.Quiet
		}
		timer.Reset(max(wait, min(100*cost, time.Second)))
	}
}

// everySave tells whether each save counts. Those until the look before did not.
func (w *Watcher) everySave(before bool, seen map[string]stamp) bool {
	w.mu.Lock()
	every := w.every
	w.mu.Unlock()
	if every && !before {
		w.known = maps.Clone(w.known)
		for path, s := range w.known {
			if now, ok := seen[path]; ok && s.same(now) {
				w.known[path] = now
			}
		}
	}
	return every
}

// step looks at the files, and lets a new set take the place of the old one.
func (w *Watcher) step(seen map[string]stamp) map[string]stamp {
	w.mu.Lock()
	set, next := w.set, w.next
	w.next = nil
	if next != nil {
		w.set = *next
	}
	w.mu.Unlock()
	now := w.look(set, seen)
	if next == nil {
		return now
	}
	after := w.look(*next, now)
	known := maps.Clone(w.known)
	for path, s := range after {
		if _, ok := now[path]; !ok {
			known[path] = s
		}
	}
	for path := range now {
		if _, ok := after[path]; !ok {
			delete(known, path)
		}
	}
	w.known = known
	return after
}

// look takes the stamps of all files. Those that are as they were are not read.
func (w *Watcher) look(set Set, before map[string]stamp) map[string]stamp {
	now := make(map[string]stamp, len(before))
	full := set.each(func(path string, info fs.FileInfo) {
		old, ok := before[path]
		if ok && !old.fresh && old.modified.Equal(info.ModTime()) && old.size == info.Size() {
			now[path] = old
			return
		}
		s := stamp{modified: info.ModTime(), size: info.Size()}
		s.fresh = time.Since(s.modified) < freshness
		if s.size <= maxSummed {
			s.sum = w.sum(path)
		}
		now[path] = s
	})
	w.mu.Lock()
	w.full = full
	w.mu.Unlock()
	return now
}

// sum is that of the content; 0 for a file that cannot be read.
func (w *Watcher) sum(path string) uint64 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }() // it was only read
	var h maphash.Hash
	h.SetSeed(w.seed)
	if _, err := io.Copy(&h, io.LimitReader(f, maxSummed+1)); err != nil {
		return 0
	}
	return h.Sum64()
}

// differences are the paths whose content differs, or with saves whose time does, sorted.
func differences(a, b map[string]stamp, saves bool) []string {
	var paths []string
	for path, s := range b {
		if old, ok := a[path]; !ok || !old.same(s) || saves && !old.modified.Equal(s.modified) {
			paths = append(paths, path)
		}
	}
	for path := range a {
		if _, ok := b[path]; !ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

func (s stamp) same(o stamp) bool {
	if s.size > maxSummed || o.size > maxSummed {
		return s.size == o.size && s.modified.Equal(o.modified)
	}
	return s.size == o.size && s.sum == o.sum
}
