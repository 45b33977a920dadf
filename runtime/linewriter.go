package xmcp

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// lineWriter writes one message a line for a stdio server. A goroutine of its own does the writing, so that a client which has
// stopped to read holds nobody up once the server is to end. It is safe for concurrent use.
type lineWriter struct {
	lines chan outgoing
	taken atomic.Int64    // parts that the client has taken
	stop  <-chan struct{} // the server has ended

	ending, deaf         chan struct{}
	endingOnce, deafOnce sync.Once
}

type outgoing struct {
	text    []byte
	written chan error
}

// endOfOutputGrace is how long a server that is to end waits for a client to take anything.
const endOfOutputGrace = time.Second

// newLineWriter begins to write to w until stop is closed. A write that never returns outlives even that.
func newLineWriter(w io.Writer, stop <-chan struct{}) *lineWriter {
	l := &lineWriter{lines: make(chan outgoing), stop: stop, ending: make(chan struct{}), deaf: make(chan struct{})}
	go func() {
		for {
			select {
			case line := <-l.lines:
				line.written <- l.write(w, line.text)
			case <-stop:
				return
			}
		}
	}()
	return l
}

func (l *lineWriter) write(w io.Writer, text []byte) error {
	for part := range slices.Chunk(text, answerPart) {
		if _, err := w.Write(part); err != nil {
			return err
		}
		l.taken.Add(1)
	}
	return nil
}

// ping has nothing to show on a pipe.
func (l *lineWriter) ping() error { return nil }

// end tells that the server is to end: from now on a client that takes nothing for a while is given up.
func (l *lineWriter) end() { l.endingOnce.Do(func() { close(l.ending) }) }

// send returns when the message was written, or can't be.
func (l *lineWriter) send(msg []byte) error {
	line := outgoing{make([]byte, 0, len(msg)+1), make(chan error, 1)}
	line.text = append(append(line.text, msg...), '\n')
	queue, written, ending := l.lines, (chan error)(nil), l.ending
	var patience *time.Timer
	var over <-chan time.Time
	taken := int64(0)
	for {
		select {
		case queue <- line:
			queue, written = nil, line.written
		case err := <-written:
			return err
		case <-l.deaf:
			return errStreamClosed
		case <-l.stop:
			return errStreamClosed
		case <-ending:
			ending, taken, patience = nil, l.taken.Load(), time.NewTimer(endOfOutputGrace)
			defer patience.Stop()
			over = patience.C
		case <-over:
			if n := l.taken.Load(); n != taken {
				taken = n
				patience.Reset(endOfOutputGrace)
				continue
			}
			l.deafOnce.Do(func() { close(l.deaf) })
			return errStreamClosed
		}
	}
}
