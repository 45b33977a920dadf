//go:build unix

package devloop

import (
	"errors"
	"os/exec"
	"syscall"
)

// terminate asks the app alone: what its calls have started may be needed until they finish.
func terminate(cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGTERM) }

func killGroup(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil // all have ended
	}
	return err
}

// adopt returns what ends all that an app which has ended has left behind in its group.
func adopt(cmd *exec.Cmd) (release func()) { return func() { _ = killGroup(cmd) } }
