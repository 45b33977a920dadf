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

// initialize opens an MCP session.
func (c *conversation) initialize() {
	c.t.Helper()
	if got := c.call("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`); !strings.Contains(got, `"name":"protected"`) {
		c.t.Errorf("%s: initialize: %s", c.name, got)
	}
	c.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
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

// call sends a request and returns its result.
func (c *conversation) call(method, params string) string {
	c.t.Helper()
	result, err := c.try(method, params)
	if err != nil {
		c.t.Fatalf("%s %s: %v\n%s", c.name, method, err, &c.out)
	}
	return result
}

// try sends a request and returns its result, or the error that is the answer. Notifications meanwhile are passed over.
func (c *conversation) try(method, params string) (string, error) {
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
		switch {
		case m.Method != "" || fmt.Sprint(m.ID) != fmt.Sprint(c.id):
		case m.Error != nil:
			return "", errors.New(string(m.Error))
		default:
			return string(m.Result), nil
		}
	}
}
