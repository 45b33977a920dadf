package overhear

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// Stdio returns the command by which a client starts a stdio server with somebody listening: the program of the test itself, which
// then is a pipe and runs no tests. The test fails at its end if the server has sent a wrong message.
func Stdio(t testing.TB, command ...string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong")
	t.Cleanup(func() {
		text, err := os.ReadFile(wrong)
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the server sent what the official schema does not allow: %s %v", text, err)
		}
	})
	return append([]string{self, asPipe, wrong}, command...)
}

// asPipe is the first argument of a test program that is to be a pipe. Clients hand on arguments, but few variables.
const asPipe = "overhear.pipe"

func init() {
	if len(os.Args) < 4 || os.Args[1] != asPipe {
		return
	}
	code, err := pipe(os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "overhear:", err)
		code = 1
	}
	os.Exit(code)
}

// pipe runs a stdio server and listens to both directions. What is wrong is written to the file. It ends as the server does.
func pipe(file string, command []string) (code int, err error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s)
		}
	}()
	talk := &wireschema.Conversation{}
	go func() {
		_ = copyLines(in, os.Stdin, func(line []byte) { talk.Sent("", line) })
		_ = in.Close()
	}()
	var wrong error
	copied := copyLines(os.Stdout, out, func(line []byte) { wrong = errors.Join(wrong, talk.Received(line)) })
	ended := cmd.Wait()
	if wrong != nil {
		if err := os.WriteFile(file, []byte(wrong.Error()), 0o600); err != nil {
			return 0, err
		}
	}
	if exit, ok := errors.AsType[*exec.ExitError](ended); ok && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, errors.Join(ended, copied)
}

// copyLines passes on each line when it was listened to.
func copyLines(to io.Writer, from io.Reader, listen func(line []byte)) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			listen(line)
			if _, err := to.Write(line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
