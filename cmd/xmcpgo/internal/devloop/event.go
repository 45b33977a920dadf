package devloop

import (
	"fmt"
	"time"
)

// Kind says what an [Event] is about.
type Kind int

// The kinds of events.
const (
	// Serving: a build answers from now on. Took is the time since the change was noticed.
	Serving Kind = iota
	// Failed: the source as it is now could not be built or started, for the reason Err. The build before, if any, serves on.
	Failed
	// Ended: the build that was serving has ended by itself, for the reason Err. Nothing serves.
	Ended
	// Cut: a build was killed before it had finished what it had begun.
	Cut
)

// Event is what happened.
type Event struct {
	Kind  Kind
	Build int // counts the builds that have served, from 1
	Took  time.Duration
	Err   error
}

// Broken is source that cannot be run.
type Broken struct {
	// Reason is a short sentence, Details are lines with positions.
	Reason  string
	Details []string
}

func (b *Broken) Error() string { return b.Reason }

// EndedError is an app that has ended by itself.
type EndedError struct {
	// Err is how; nil for exit code 0.
	Err error
	// LastLine that it has written to its standard error, or that of its panic.
	LastLine string
}

func (e *EndedError) Error() string {
	if e.Err == nil {
		return "the app has ended by itself"
	}
	return fmt.Sprintf("the app has ended: %v", e.Err)
}

func (e *EndedError) Unwrap() error { return e.Err }
