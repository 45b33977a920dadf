package remote

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"time"
)

// stopGrace is how long a program may take to end once its input is closed.
const stopGrace = 3 * time.Second

// Command starts a program that serves on its standard streams. What it writes to standard error goes to stderr. Close ends it.
func Command(argv []string, version string, stderr io.Writer) (*Client, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = stderr
	cmd.WaitDelay = stopGrace
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	t := &commandTransport{cmd: cmd, in: in, lines: make(chan line), closed: make(chan struct{})}
	go t.read(out)
	return &Client{version: version, transport: t}, nil
}

type line struct {
	data []byte
	err  error
}

type commandTransport struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan line
	closed chan struct{}
}

// read hands on the messages of the program, one a line.
func (t *commandTransport) read(out io.Reader) {
	r := bufio.NewReaderSize(out, 64<<10)
	for {
		data, err := readLine(r)
		select {
		case t.lines <- line{data, err}:
		case <-t.closed:
			return
		}
		if err != nil {
			return
		}
	}
}

func readLine(r *bufio.Reader) ([]byte, error) {
	var all []byte
	for {
		part, err := r.ReadSlice('\n')
		all = append(all, part...)
		switch {
		case len(all) > maxMessage:
			return nil, fmt.Errorf("the server wrote a line of more than %d bytes", maxMessage)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		}
		return all, err
	}
}

func (t *commandTransport) exchange(ctx context.Context, c *Client, id int, body []byte, _ http.Header) (*reply, error) {
	if err := t.write(body); err != nil {
		return nil, err
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case l := <-t.lines:
			if data := bytes.TrimSpace(l.data); len(data) > 0 {
				r, ours, err := read(data, id)
				if err != nil {
					return nil, fmt.Errorf("the program wrote %.80q, which is no JSON-RPC message: does it serve on standard input and output?", data)
				}
				if ours {
					return r, nil
				}
				if err := t.answer(c, r); err != nil {
					return nil, err
				}
			}
			if errors.Is(l.err, io.EOF) {
				return nil, errors.New("the server ended before its answer")
			}
			if l.err != nil {
				return nil, l.err
			}
		}
	}
}

// answer refuses what a server asks of us, since no capability was declared. Without it the server would wait.
func (t *commandTransport) answer(c *Client, r *reply) error {
	if len(r.ID) == 0 || r.Method == "" {
		c.heard(r)
		return nil
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": r.ID, "error": map[string]any{"code": codeMethodNotFound, "message": "not supported"}})
	if r.Method == "ping" {
		body, err = json.Marshal(map[string]any{"jsonrpc": "2.0", "id": r.ID, "result": map[string]any{}})
	}
	if err != nil {
		return err
	}
	return t.write(body)
}

func (t *commandTransport) write(body []byte) error {
	if _, err := t.in.Write(append(body, '\n')); err != nil {
		return errors.New("the server has ended")
	}
	return nil
}

func (t *commandTransport) notify(_ context.Context, _ *Client, body []byte) error {
	return t.write(body)
}

// close asks the program to end by closing its input, and ends it when it does not.
func (t *commandTransport) close() error {
	close(t.closed)
	_ = t.in.Close()
	timer := time.AfterFunc(stopGrace, func() { _ = t.cmd.Process.Kill() })
	defer timer.Stop()
	_ = t.cmd.Wait() // how a server ends after the last answer is not what was asked
	return nil
}
