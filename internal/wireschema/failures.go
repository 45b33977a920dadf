package wireschema

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Failures collects what was wrong, since what finds it may outlive a test. The zero value is ready; all methods are safe for
// concurrent use.
type Failures struct {
	mu   sync.Mutex
	list []error
}

// FailuresOf returns failures that fail the test at its end.
func FailuresOf(t testing.TB) *Failures {
	f := &Failures{}
	t.Cleanup(func() {
		for _, err := range f.All() {
			t.Errorf("the server sent what the official schema does not allow: %s", strings.TrimSpace(err.Error()))
		}
	})
	return f
}

// Add takes one more; nil is none.
func (f *Failures) Add(err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, err)
}

// All are the failures so far.
func (f *Failures) All() []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}

// Err is all of them as one, nil without any.
func (f *Failures) Err() error { return errors.Join(f.All()...) }
