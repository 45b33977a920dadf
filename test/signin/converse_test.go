package signin

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// conversation is a program that speaks JSON-RPC, one message a line, with a test.
type conversation struct {
	t     testing.TB
	name  string
	in    io.Writer
	lines *bufio.Reader
	said  *journal // on standard error
	id    int
}

// converse starts a program that ends with the test.
func (h *home) converse(args ...string) *conversation {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*patience)
	c := &conversation{t: h.t, name: filepath.Base(args[0]), said: &journal{}}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay, cmd.Stderr = h.dir, h.env, 5*time.Second, c.said
	in, err := cmd.StdinPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	c.in, c.lines = in, bufio.NewReaderSize(out, 1<<20)
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		_ = in.Close()
		timer := time.AfterFunc(10*time.Second, cancel)
		defer timer.Stop()
		_ = cmd.Wait() // how it ends is its own matter
		cancel()
	})
	return c
}

func (c *conversation) send(message string) {
	c.t.Helper()
	if _, err := io.WriteString(c.in, message+"\n"); err != nil {
		c.t.Fatalf("%s hears nothing: %v\n%s", c.name, err, c.said)
	}
}

// call sends a request and returns its result. Notifications meanwhile are passed over.
func (c *conversation) call(method, params string) string {
	c.t.Helper()
	c.id++
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.id, method, params))
	for {
		line, err := c.lines.ReadString('\n')
		if err != nil {
			c.t.Fatalf("%s does not answer %s: %v\n%s", c.name, method, err, c.said)
		}
		var m struct {
			ID     any             `json:"id"`
			Method string          `json:"method"`
			Result json.RawMessage `json:"result"`
			Error  json.RawMessage `json:"error"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			c.t.Fatalf("%s says %s: %v", c.name, strings.TrimSpace(line), err)
		}
		if m.Method != "" || fmt.Sprint(m.ID) != fmt.Sprint(c.id) {
			continue
		}
		if m.Error != nil {
			c.t.Fatalf("%s %s: %s\n%s", c.name, method, m.Error, c.said)
		}
		return string(m.Result)
	}
}
