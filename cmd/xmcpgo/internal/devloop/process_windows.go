package devloop

import (
	"os/exec"
	"strconv"
	"syscall"
)

// isolate keeps Ctrl-C from the app, which is asked to end by Ctrl-Break instead.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

var generateConsoleCtrlEvent = syscall.NewLazyDLL("kernel32.dll").NewProc("GenerateConsoleCtrlEvent")

func terminate(cmd *exec.Cmd) error {
	if ok, _, err := generateConsoleCtrlEvent.Call(syscall.CTRL_BREAK_EVENT, uintptr(cmd.Process.Pid)); ok == 0 {
		return err
	}
	return nil
}

// killGroup ends the app with all that it has started.
func killGroup(cmd *exec.Cmd) error {
	return exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
}

// cleanUp does nothing: an app that has ended can no longer be asked what it has started.
func cleanUp(*exec.Cmd) error { return nil }
