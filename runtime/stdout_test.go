package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
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

// Whatever a program writes to standard output, and whenever it took hold of it, the client reads messages and nothing else.
func TestPrintingDoesNotBreakStdio(t *testing.T) {
	cmd := printingProcess(t)
	cmd.Stdin = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"print",` + modernMeta + "}}\n")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &errOut)
	}
	dec := json.NewDecoder(&out)
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
	cmd.Stdin = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + "}}\n")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, w
	if err := cmd.Run(); err != nil {
		t.Errorf("the server ends with: %v", err)
	}
	if !strings.Contains(out.String(), `"name":"print"`) {
		t.Errorf("the tools are not listed: %s", &out)
	}
}
