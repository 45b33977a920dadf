package devloop

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// Process is a running app. It is safe for concurrent use.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // once done is closed
}

// outputDelay bounds the wait for what others still hold the app's output.
const outputDelay = 2 * time.Second

// Start runs a program that Build has made, without input. It need not be waited for.
func (a *App) Start(program string) (*Process, error) {
	cmd := exec.Command(program, a.Args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = a.Dir, a.Env, a.Stdout, a.Stderr
	cmd.WaitDelay = outputDelay
	isolate(cmd)
	p := &Process{cmd: cmd, done: make(chan struct{})}
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
		p.err = cmd.Wait()
		if errors.Is(p.err, exec.ErrWaitDelay) {
			p.err = nil
		}
		_ = cleanUp(cmd)
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start the app: %w", err)
	}
	return p, nil
}

// Done is closed when the app has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the app ended, once Done is closed: nil for exit code 0.
func (p *Process) Err() error { return p.err }

// Stop asks the app to end, and kills it and all that it has started when the time is over. It returns when the app has ended,
// with an error when it had to be killed.
func (p *Process) Stop(within time.Duration) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	_ = terminate(p.cmd) // when that fails, time runs out
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
	}
	err := killGroup(p.cmd)
	<-p.done
	return errors.Join(fmt.Errorf("the app did not end within %s and was killed", within), err)
}
