// Package journal is for tests and measurements: it keeps what a program writes, to be looked at while the program runs.
package journal

import (
	"bytes"
	"io"
	"sync"
)

// Journal keeps what is written to it. Its zero value is empty. It is safe for concurrent use.
type Journal struct {
	// Also, if set, is passed all that is written, one write at a time. With os.Stderr it gets into the output of the tests, where secrets are
	// looked for.
	Also io.Writer

	mu   sync.Mutex
	kept bytes.Buffer
}

// Write fails only as Also does.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept.Write(p)
	if j.Also != nil {
		return j.Also.Write(p)
	}
	return len(p), nil
}

// String is all that was written.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.kept.String()
}
