package devloop

import (
	"os/exec"
	"syscall"
)

// isolate keeps the signals of the terminal from the app, which is asked to end instead, and ends it with its parent.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
