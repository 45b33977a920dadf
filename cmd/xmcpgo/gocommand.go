package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
)

// tidy runs go mod tidy in dir and shows what it says as it goes.
func tidy(ctx context.Context, t *terminal.Terminal, goCommand, dir string, env []string) error {
	var said bytes.Buffer
	shown := &indenter{w: t.Stderr, prefix: "  ", lineStart: true}
	cmd := exec.CommandContext(ctx, goCommand, "mod", "tidy")
	cmd.Dir, cmd.Env = dir, env
	cmd.Stdout, cmd.Stderr = shown, io.MultiWriter(shown, &said)
	err := cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("go mod tidy: %w", ctx.Err())
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		return fmt.Errorf("the modules could not be resolved: %s", inPlainWords(said.String()))
	}
	return fmt.Errorf("go mod tidy: %w", err)
}

// inPlainWords says what to do about the commonest failures of go mod tidy. Its own words were shown before.
func inPlainWords(output string) string {
	causes := []struct{ sign, words string }{
		{"GOTOOLCHAIN=local", "this Go is too old for the app; install a newer one, or unset GOTOOLCHAIN so that the go command fetches it"},
		{"GOPROXY=off", "module downloads are switched off by GOPROXY=off"},
		{"no such host", "the module proxy cannot be reached; check the network, or set GOPROXY"},
		{"connection refused", "the module proxy refuses connections; check the network, or set GOPROXY"},
		{"i/o timeout", "the module proxy does not answer; check the network, or set GOPROXY"},
		{"certificate", "the module proxy's certificate is not trusted; check the network's certificates"},
		{"SECURITY ERROR", "a module is not what the checksum database knows; do not use it"},
		{"no space left", "the disk is full"},
		{"permission denied", "a file or folder may not be written; see above"},
	}
	for _, c := range causes {
		if strings.Contains(output, c.sign) {
			return c.words
		}
	}
	return "go mod tidy failed with the messages above"
}

// workspace is the go.work file that applies in dir, or nothing.
func workspace(ctx context.Context, goCommand, dir string) string {
	cmd := exec.CommandContext(ctx, goCommand, "env", "GOWORK")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "" // the next command of the user says it better
	}
	if file := strings.TrimSpace(string(out)); file != "off" {
		return file
	}
	return ""
}

// indenter writes each line with a prefix.
type indenter struct {
	w         io.Writer
	prefix    string
	lineStart bool
}

func (i *indenter) Write(p []byte) (int, error) {
	var b bytes.Buffer
	for _, c := range p {
		if i.lineStart {
			b.WriteString(i.prefix)
		}
		b.WriteByte(c)
		i.lineStart = c == '\n'
	}
	if _, err := i.w.Write(b.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}
