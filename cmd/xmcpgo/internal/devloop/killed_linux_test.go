package devloop

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The app ends with its parent even when nobody had the time to stop it.
func TestEndsWithAKilledParent(t *testing.T) {
	for name, script := range map[string]string{
		"by a signal":             `echo "child $$."; exec sleep 600`,
		"by the end of its input": `trap '' TERM; echo "child $$."; read line`,
	} {
		t.Run(name, func(t *testing.T) { killParent(t, script) })
	}
}

func killParent(t *testing.T, script string) {
	_, program, out := shell(t, script)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), envParentOf+"="+program)
	parent.Stdout = out
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	out.wait(t, ".\n")
	_, rest, _ := strings.Cut(out.String(), "child ")
	number, _, _ := strings.Cut(rest, ".")
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	for end := time.Now().Add(10 * time.Second); running(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Fatalf("process %d still runs", pid)
		}
	}
}
