package devloop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Process is a running app. It is safe for concurrent use.
type Process struct {
	cmd   *exec.Cmd
	input io.Closer
	tail  *tail
	done  chan struct{}
	err   error // once done is closed
}

// outputDelay bounds the wait for what others still hold the app's output.
const outputDelay = 2 * time.Second

// Start runs a program that Build has made. Its input is a pipe that says nothing and ends when the app is to stop, or when
// this process has ended. The process need not be waited for.
func (a *App) Start(program string, env []string) (*Process, error) {
	cmd := exec.Command(program, a.Args...)
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the app: %w", err)
	}
	log := a.Log()
	p := &Process{cmd: cmd, input: input, tail: &tail{w: log}, done: make(chan struct{})}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = a.Dir, env, a.Stdout, p.tail
	cmd.WaitDelay = outputDelay
	isolate(cmd)
	started := make(chan error)
	go func() {
		// Linux ends the process with the thread that started it, so that one stays.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		release := adopt(cmd)
		p.err = cmd.Wait()
		if errors.Is(p.err, exec.ErrWaitDelay) {
			p.err = nil
		}
		_ = log.Close() // nobody is left to be told
		release()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start the app: %w", errors.Join(err, input.Close(), log.Close()))
	}
	return p, nil
}

// Done is closed when the app has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the app ended, once Done is closed: nil for exit code 0.
func (p *Process) Err() error { return p.err }

// LastLine is the last line that the app has written to its standard error, or that of its panic, without control characters.
func (p *Process) LastLine() string { return p.tail.last() }

// Stop asks the app to end, and kills it and all that it has started when the time is over. It returns when the app has ended,
// with an error when it had to be killed.
func (p *Process) Stop(within time.Duration) error {
	timer := time.NewTimer(within)
	defer timer.Stop()
	if p.stop(timer.C) {
		return nil
	}
	return fmt.Errorf("the app did not end within %s and was killed", within)
}

// stop reports whether the app ended by itself before it was too late.
func (p *Process) stop(late <-chan time.Time) bool {
	select {
	case <-p.done:
		return true
	default:
	}
	_ = terminate(p.cmd) // when that fails, the end of the input may do,
	_ = p.input.Close()  // and when both do, time runs out
	select {
	case <-p.done:
		return true
	case <-late:
	}
	_ = killGroup(p.cmd) // the wait shows whether it works
	<-p.done
	return false
}

// tail passes on what is written and keeps the end of it.
type tail struct {
	w io.Writer

	mu   sync.Mutex
	kept []byte
}

// maxTail holds the trace of a panic, but for its beginning where many goroutines run.
const maxTail = 64 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	t.kept = append(t.kept, b[max(0, len(b)-maxTail):]...)
	t.kept = append(t.kept[:0], t.kept[max(0, len(t.kept)-maxTail):]...)
	t.mu.Unlock()
	return t.w.Write(b)
}

// last is the line that says most: that of a panic, else the last one.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := bytes.TrimRight(t.kept, "\r\n \t")
	line := text[bytes.LastIndexByte(text, '\n')+1:]
	for l := range bytes.Lines(text) {
		if bytes.HasPrefix(l, []byte("panic: ")) || bytes.HasPrefix(l, []byte("fatal error: ")) {
			line = l
		}
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return -1
		}
		return r
	}, string(line[:min(len(line), 500)]))
}
