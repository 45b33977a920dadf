package devloop

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test binary the parent of an app when it is told so, to be killed.
func TestMain(m *testing.M) {
	program := os.Getenv("DEVLOOP_TEST_PARENT_OF")
	if program == "" {
		os.Exit(m.Run())
	}
	if _, err := (&App{Env: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr}).Start(program); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	select {}
}

// The app ends with its parent even when nobody had the time to stop it.
func TestEndsWithAKilledParent(t *testing.T) {
	_, program, out := shell(t, `echo "child $$."; exec sleep 600`)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "DEVLOOP_TEST_PARENT_OF="+program)
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
