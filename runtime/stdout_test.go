package xmcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

const printing = "XMCP_TEST_PRINTING"

// printingServer is a program that writes to standard output in every way there is.
func printingServer() {
	os.Args = os.Args[:1] // the flags of the test are not the server's
	early := os.Stdout    // as loggers have it that are made when a program starts
	r := NewRegistry()
	r.Use(func() []Plugin {
		return []Plugin{PluginFunc("p", func(*Host) error { fmt.Println("printed in setup"); return nil })}
	})
	tool1(r, "print", "", "", ToolMetadata{}, HandleToolBare(func(ctx context.Context) error {
		fmt.Println("printed by handler")
		if runtime.GOOS == "windows" {
			return nil
		}
		log.New(early, "", 0).Println("printed by early logger")
		child := exec.CommandContext(ctx, "echo", "printed by child")
		child.Stdout = early
		return child.Run()
	}))
	Main(r, Config{Name: "printing", Version: "1.0.0", Stdio: true})
}

// printingProcess is a printing server to be started: the test itself, which becomes the server when it gets here.
func printingProcess(t *testing.T) *exec.Cmd {
	t.Helper()
	if os.Getenv(printing) != "" {
		printingServer()
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), printing+"=1")
	cmd.Dir = t.TempDir()
	return cmd
}

// askProcess runs a server until it has answered a message, and returns all that it says.
func askProcess(cmd *exec.Cmd, message string) (string, error) {
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		return "", err
	}
	_, err := io.WriteString(in, message+"\n")
	r := bufio.NewReader(out)
	answer, readErr := r.ReadString('\n')
	_ = in.Close() // calls are given up soon after
	rest, restErr := io.ReadAll(r)
	return answer + string(rest), errors.Join(err, readErr, restErr, cmd.Wait())
}

// Whatever a program writes to standard output, and whenever it took hold of it, the client reads messages and nothing else.
func TestPrintingDoesNotBreakStdio(t *testing.T) {
	cmd := printingProcess(t)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := askProcess(cmd, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"print",`+modernMeta+"}}")
	if err != nil {
		t.Fatalf("%v\n%s", err, &errOut)
	}
	dec := json.NewDecoder(strings.NewReader(out))
	var m struct {
		ID     int
		Result *struct{ IsError bool }
	}
	if err := dec.Decode(&m); err != nil || m.ID != 1 || m.Result == nil || m.Result.IsError {
		t.Errorf("%v, %+v", err, m)
	}
	if err := dec.Decode(&m); err != io.EOF {
		t.Errorf("more than a message: %v", err)
	}
	want := []string{"printed in setup", "printed by handler"}
	if runtime.GOOS != "windows" {
		want = append(want, "printed by early logger", "printed by child")
	}
	for _, line := range want {
		if !strings.Contains(errOut.String(), line+"\n") {
			t.Errorf("standard error has no line %q:\n%s", line, &errOut)
		}
	}
}

// A client that leaves closes all pipes at once. What the server then logs, or a program prints, has nobody to read it; the
// server still ends in order.
func TestStdioEndsInOrderWhenNobodyReadsItsLog(t *testing.T) {
	cmd := printingProcess(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	defer w.Close()
	cmd.Stderr = w
	out, err := askProcess(cmd, `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+modernMeta+"}}")
	if err != nil {
		t.Errorf("the server ends with: %v", err)
	}
	if !strings.Contains(out, `"name":"print"`) {
		t.Errorf("the tools are not listed: %s", out)
	}
}
