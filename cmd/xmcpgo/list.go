package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
)

func listCommand() *command {
	c := &command{
		name:       "list",
		usage:      "[flags] URL | -- PROGRAM [ARG...]",
		short:      "list what any MCP server offers",
		maxArgs:    1,
		hasProgram: true,
		long: `Connects to an MCP server, by its URL or by the command line that starts it, and lists its tools with their arguments, its
prompts and its resources. Where the server asks for it, you sign in in the browser first.` + "\n" + signInHelp,
		examples: `xmcpgo list http://127.0.0.1:3001/mcp
xmcpgo list --json https://mcp.example.com/mcp
xmcpgo list -- ./my-app --stdio`,
		exits: "0 all is well, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("list", flag.ContinueOnError),
	}
	asJSON := c.flags.Bool("json", false, "print one JSON object")
	target := targetFlags(c)
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if len(args) == 1 {
			target.url = args[0]
		}
		return target.use(ctx, t, c, func(ctx context.Context, server *remote.Client) error {
			found, err := catalogue(ctx, server)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(t, found)
			}
			return found.write(t)
		})
	}
	return c
}

// offer is all that a server has.
type offer struct {
	Server       remote.Implementation `json:"server"`
	Instructions string                `json:"instructions,omitempty"`
	Tools        []remote.Tool         `json:"tools"`
	Prompts      []remote.Prompt       `json:"prompts"`
	Resources    []remote.Resource     `json:"resources"`
	Templates    []remote.Resource     `json:"resourceTemplates"`
}

// catalogue asks for the lists that the server says it has.
func catalogue(ctx context.Context, c *remote.Client) (*offer, error) {
	o := &offer{Server: c.Server, Instructions: c.Instructions, Tools: []remote.Tool{}, Prompts: []remote.Prompt{}, Resources: []remote.Resource{}, Templates: []remote.Resource{}}
	var err error
	if _, ok := c.Capabilities["tools"]; ok {
		if o.Tools, err = c.Tools(ctx); err != nil {
			return nil, err
		}
	}
	if _, ok := c.Capabilities["prompts"]; ok {
		if o.Prompts, err = c.Prompts(ctx); err != nil {
			return nil, err
		}
	}
	if _, ok := c.Capabilities["resources"]; ok {
		if o.Resources, err = c.Resources(ctx); err != nil {
			return nil, err
		}
		if o.Templates, err = c.Templates(ctx); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *offer) write(t *terminal.Terminal) error {
	var b strings.Builder
	bold, dim := t.OutColour.Bold, t.OutColour.Dim
	fmt.Fprintf(&b, "%s %s\n", bold(printable(o.Server.Name)), printable(o.Server.Version))
	section := func(name string, n int) {
		if n > 0 {
			fmt.Fprintf(&b, "\n%s\n", bold(name))
		}
	}
	section("Tools", len(o.Tools))
	for _, tool := range o.Tools {
		item(&b, bold, tool.Name, tool.Description)
		for _, a := range readSchema(tool.InputSchema).arguments() {
			fmt.Fprintf(&b, "      %s %s\n", printable(a.name), dim(strings.TrimSpace(a.about())))
		}
	}
	section("Prompts", len(o.Prompts))
	for _, p := range o.Prompts {
		item(&b, bold, p.Name, p.Description)
	}
	section("Resources", len(o.Resources)+len(o.Templates))
	for _, r := range slices.Concat(o.Resources, o.Templates) {
		item(&b, bold, r.URI+r.URITemplate, r.Description)
	}
	_, err := io.WriteString(t.Stdout, b.String())
	return err
}

func item(w io.Writer, bold func(string) string, name, description string) {
	first, _, _ := strings.Cut(strings.TrimSpace(description), "\n")
	if first = printable(first); first != "" {
		first = ": " + first
	}
	fmt.Fprintf(w, "  %s%s\n", bold(printable(name)), first)
}

// printable takes out what would steer a terminal, or turn around how a line reads: the texts are a stranger's.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
