package xmcp

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds on what is kept for clients that lose their connection: per stream, per session, and for all of them.
const (
	maxLogBytes    = 1 << 20
	maxLogs        = 16
	maxLoggedBytes = 64 << 20
	logKept        = 5 * time.Minute // after the response
)

// eventLogs are the streams of one session that can be resumed (MCP 2025-11-25, basic/transports, resumability). The zero
// value is not usable; total is shared by all sessions.
type eventLogs struct {
	total *atomic.Int64

	mu   sync.Mutex
	logs []*eventLog // oldest first
}

// eventLog keeps the messages of one stream.
type eventLog struct {
	id    string
	total *atomic.Int64

	mu     sync.Mutex
	first  int // sequence number of events[0]
	events [][]byte
	bytes  int
	ended  time.Time     // when the response was added; zero before
	gone   bool          // dropped: nothing is kept any more
	reader chan struct{} // closed when another connection takes over; nil when none has
	wake   chan struct{} // one token when there is more to read
}

// open begins the log of a stream; nil when too much is kept already.
func (l *eventLogs) open() *eventLog {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(maxLogs - 1)
	if l.total == nil || l.total.Load() > maxLoggedBytes {
		return nil
	}
	log := &eventLog{id: rand.Text()[:16], total: l.total, first: 1, wake: make(chan struct{}, 1)}
	l.logs = append(l.logs, log)
	return log
}

// dropOld forgets the streams that no client has come back for in time.
func (l *eventLogs) dropOld() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(maxLogs)
}

// keep drops old logs, and the oldest ones beyond a number.
func (l *eventLogs) keep(most int) {
	kept := l.logs[:0]
	for i, log := range l.logs {
		if log.old() || len(l.logs)-i > most {
			log.drop()
			continue
		}
		kept = append(kept, log)
	}
	clear(l.logs[len(kept):])
	l.logs = kept
}

// find returns the log that an event id belongs to, and the sequence number in it.
func (l *eventLogs) find(eventID string) (*eventLog, int) {
	id, seq, _ := strings.Cut(eventID, "-")
	n, err := strconv.Atoi(seq)
	if err != nil {
		return nil, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, log := range l.logs {
		if log.id == id {
			return log, n
		}
	}
	return nil, 0
}

// forget drops one stream, whose client will not come back for it.
func (l *eventLogs) forget(log *eventLog) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.logs, log); i >= 0 {
		l.logs = slices.Delete(l.logs, i, i+1)
	}
	log.drop()
}

// dropAll forgets everything: the session has ended.
func (l *eventLogs) dropAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, log := range l.logs {
		log.drop()
	}
	l.logs = nil
}

// position is the id of the event with a sequence number; 0 is the beginning of the stream.
func (l *eventLog) position(seq int) string { return l.id + "-" + strconv.Itoa(seq) }

// add keeps a message and returns its event id. taken tells that another connection reads the log, so that the first one
// must not write the message too.
func (l *eventLog) add(msg []byte) (id string, taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return "", l.reader != nil
	}
	l.events = append(l.events, append([]byte(nil), msg...))
	l.grow(len(msg))
	for (l.bytes > maxLogBytes || l.total.Load() > maxLoggedBytes) && len(l.events) > 1 {
		l.grow(-len(l.events[0]))
		l.events, l.first = l.events[1:], l.first+1
	}
	l.wakeUp()
	return l.position(l.first + len(l.events) - 1), l.reader != nil
}

func (l *eventLog) grow(n int) {
	l.bytes += n
	l.total.Add(int64(n))
}

func (l *eventLog) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *eventLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = time.Now()
	l.wakeUp()
}

func (l *eventLog) old() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.ended.IsZero() && time.Since(l.ended) > logKept
}

func (l *eventLog) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.grow(-l.bytes)
	l.events, l.gone = nil, true
	l.wakeUp()
}

// take makes the caller the reader of the log. The channel is closed when another one takes over.
func (l *eventLog) take() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reader != nil {
		close(l.reader)
	}
	l.reader = make(chan struct{})
	l.wakeUp()
	return l.reader
}

// after returns the messages that follow a sequence number, the number of the first of them, and whether the stream ends
// with them.
func (l *eventLog) after(seq int) (events [][]byte, first int, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	skip := min(max(seq+1-l.first, 0), len(l.events))
	return l.events[skip:], l.first + skip, l.gone || !l.ended.IsZero()
}
