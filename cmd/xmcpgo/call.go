package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
)

func callCommand() *command {
	c := &command{
		name:       "call",
		usage:      "[flags] URL TOOL [NAME=VALUE...] | TOOL [NAME=VALUE...] -- PROGRAM [ARG...]",
		short:      "call a tool of any MCP server",
		maxArgs:    1000,
		hasProgram: true,
		long: `Calls a tool of an MCP server, by its URL or by the command line that starts it, and prints what it returns. Each value is read
as the tool's schema says: text as it is, numbers and true or false, objects as JSON, lists as JSON or by naming the argument
several times. Where the server asks for it, you sign in in the browser first.` + "\n" + signInHelp,
		examples: `xmcpgo call http://127.0.0.1:3001/mcp greet name=Ada
xmcpgo call https://mcp.example.com/mcp save_note --json '{"text":"Buy milk"}'
xmcpgo call greet name=Ada -- ./my-app --stdio`,
		exits: "0 all is well, 1 the tool reports an error, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("call", flag.ContinueOnError),
	}
	given := c.flags.String("json", "", "all arguments as one JSON `OBJECT`; - reads it from standard input")
	raw := c.flags.Bool("raw", false, "print the result as the server sent it, as JSON")
	target := targetFlags(c)
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if len(c.program) == 0 && len(args) > 0 {
			target.url, args = args[0], args[1:]
		}
		if len(args) == 0 {
			return c.errorf("name the server and the tool")
		}
		name, pairs := args[0], args[1:]
		object, err := readObject(t, c, *given, len(pairs) > 0)
		if err != nil {
			return err
		}
		return target.use(ctx, t, c, func(ctx context.Context, server *remote.Client) error {
			tool, err := findTool(ctx, server, name)
			if err != nil {
				return err
			}
			arguments := object
			if arguments == nil {
				if arguments, err = readSchema(tool.InputSchema).read(pairs); err != nil {
					return fmt.Errorf("call %s: %w", printable(name), err)
				}
			}
			result, err := server.Call(ctx, tool, arguments)
			if err != nil {
				return err
			}
			return writeResult(t, result, *raw)
		})
	}
	return c
}

// maxArguments bounds what is read from standard input.
const maxArguments = 64 << 20

// readObject reads the flag --json; nil means that it was not given.
func readObject(t *terminal.Terminal, c *command, given string, pairs bool) (map[string]any, error) {
	if given == "" {
		return nil, nil
	}
	if pairs {
		return nil, c.errorf("--json and NAME=VALUE exclude each other")
	}
	raw := []byte(given)
	if given == "-" {
		var err error
		if raw, err = io.ReadAll(io.LimitReader(t.Stdin, maxArguments)); err != nil {
			return nil, fmt.Errorf("read the arguments: %w", err)
		}
	}
	object, err := decodeJSON(raw)
	if m, ok := object.(map[string]any); err == nil && ok {
		return m, nil
	}
	return nil, c.errorf("--json is no JSON object")
}

// decodeJSON keeps numbers as they are written.
func decodeJSON(raw []byte) (v any, err error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind the value")
	}
	return v, nil
}

func findTool(ctx context.Context, server *remote.Client, name string) (*remote.Tool, error) {
	tools, err := server.Tools(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(tools, func(t remote.Tool) bool { return t.Name == name }); i >= 0 {
		return &tools[i], nil
	}
	names := make([]string, len(tools))
	for i, t := range tools {
		names[i] = printable(t.Name)
	}
	return nil, fmt.Errorf("the server has no tool %q%s\n\tIts tools: %s", name, didYouMean(name, names), strings.Join(names, ", "))
}

// shownProgress shows the progress that a tool reports.
func shownProgress(p *terminal.Progress) func(string, json.RawMessage) {
	return func(method string, params json.RawMessage) {
		var n struct {
			Progress json.Number `json:"progress"`
			Total    json.Number `json:"total"`
			Message  string      `json:"message"`
		}
		if method != "notifications/progress" || json.Unmarshal(params, &n) != nil {
			return
		}
		text := n.Progress.String()
		if n.Total != "" {
			text += " of " + n.Total.String()
		}
		if n.Message != "" {
			text += ": " + strings.ReplaceAll(printable(n.Message), "\n", " ")
		}
		p.Say(text)
	}
}

// writeResult prints a result for people, or as it came. A tool error goes to standard error and ends with exit code 1.
func writeResult(t *terminal.Terminal, r *remote.Result, raw bool) error {
	w := t.Stdout
	if raw {
		if _, err := fmt.Fprintf(w, "%s\n", bytes.TrimSpace(r.Raw)); err != nil {
			return err
		}
	} else {
		if r.IsError {
			w = t.Stderr
		}
		if _, err := io.WriteString(w, resultText(r)); err != nil {
			return err
		}
	}
	if r.IsError {
		return errFound
	}
	return nil
}

func resultText(r *remote.Result) string {
	var b strings.Builder
	if len(r.Structured) > 0 && string(r.Structured) != "null" && !r.IsError {
		var pretty bytes.Buffer
		if json.Indent(&pretty, r.Structured, "", "  ") == nil {
			b.WriteString(printable(pretty.String()) + "\n")
		}
	}
	for _, c := range r.Content {
		if b.Len() > 0 && c.Type == "text" && json.Valid([]byte(c.Text)) && len(r.Structured) > 0 {
			continue // the same as JSON, for clients that read no structured content
		}
		b.WriteString(strings.TrimRight(printable(blockText(c)), "\n") + "\n")
	}
	return b.String()
}

func blockText(c remote.Content) string {
	switch {
	case c.Type == "text":
		return c.Text
	case c.Type == "resource_link":
		return fmt.Sprintf("[link %s %s]", c.Name, c.URI)
	case c.Resource != nil && c.Resource.Text != "":
		return c.Resource.Text
	case c.Resource != nil:
		return fmt.Sprintf("[resource %s %s, %d bytes]", c.Resource.URI, c.Resource.MIMEType, len(c.Resource.Blob)/4*3)
	}
	return fmt.Sprintf("[%s %s, %d bytes]", c.Type, c.MIMEType, len(c.Data)/4*3)
}
