package signin

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// conversation is a program that speaks JSON-RPC, one message a line, with a test.
type conversation struct {
	*process
	t     testing.TB
	lines *bufio.Reader
	id    int
}

// converse starts a program that ends with the test.
func (h *home) converse(args ...string) *conversation {
	h.t.Helper()
	c := &conversation{t: h.t}
	c.process = h.prepare(args...)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	c.lines = bufio.NewReaderSize(out, 1<<20)
	h.begin(c.process)
	return c
}

// close ends the program by the end of its input.
func (c *conversation) close() {
	c.t.Helper()
	_ = c.stdin.Close()
	if _, err := io.Copy(io.Discard, c.lines); err != nil && !errors.Is(err, os.ErrClosed) {
		c.t.Errorf("%s: %v", c.name, err)
	}
	<-c.ended // how it ends is its own matter
}

func (c *conversation) send(message string) {
	c.t.Helper()
	if _, err := io.WriteString(c.stdin, message+"\n"); err != nil {
		c.t.Fatalf("%s hears nothing: %v\n%s", c.name, err, &c.out)
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
			c.t.Fatalf("%s does not answer %s: %v\n%s", c.name, method, err, &c.out)
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
			c.t.Fatalf("%s %s: %s\n%s", c.name, method, m.Error, &c.out)
		}
		return string(m.Result)
	}
}
