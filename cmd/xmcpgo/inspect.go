package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/review"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/tokens"
	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

func inspectCommand() *command {
	c := &command{
		name:       "inspect",
		usage:      "[flags] [DIR] | URL | -- PROGRAM [ARG...]",
		short:      "show the tools of any MCP server, their schemas and what they cost",
		maxArgs:    1,
		hasProgram: true,
		long: `Shows what a server offers as a model sees it: each tool with its input and its output, and how many tokens it takes, about; then
prompts and resources, and what known clients would refuse or be misled by. The server is named by the folder of an app (the working
directory when it is left out), which is read and not run, by its URL, or by the command line that starts it. Where a server asks for
it, you sign in in the browser first.` + "\n" + signInHelp,
		examples: `xmcpgo inspect .
xmcpgo inspect http://127.0.0.1:3001/mcp
xmcpgo inspect --json https://mcp.example.com/mcp
xmcpgo inspect -- npx -y @modelcontextprotocol/server-everything`,
		exits: "0 all is well, 1 the app in DIR has errors, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("inspect", flag.ContinueOnError),
	}
	asJSON := c.flags.Bool("json", false, "print one JSON object, with the whole schemas")
	target := targetFlags(c)
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		show := func(name, version string, found *contract.Contract) error {
			i := newInspection(name, version, found)
			if *asJSON {
				return i.writeJSON(t)
			}
			return i.writeTable(t)
		}
		if len(args) == 0 && len(c.program) == 0 {
			args = []string{"."}
		}
		if len(args) == 1 {
			if isFolder(args[0]) {
				if len(c.program) > 0 {
					return c.errorf("name the server by DIR or by program, not both")
				}
				result, err := readContract(ctx, t, c.name, args[0])
				if err != nil {
					return err
				}
				app := filepath.Dir(filepath.Join(result.Root, filepath.FromSlash(result.LockPath)))
				return show(filepath.Base(app), "", result.Contract)
			}
			if !strings.Contains(args[0], "://") {
				return c.errorf("%q is neither a URL nor a folder; a program goes behind --", args[0])
			}
			target.url = args[0]
		}
		return target.use(ctx, t, c, func(ctx context.Context, server *remote.Client) error {
			found, err := catalogue(ctx, server)
			if err != nil {
				return err
			}
			return show(found.Server.Name, found.Server.Version, found.contract())
		})
	}
	return c
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// contract is what a foreign server offers, in the form in which ours write it down. What cannot be read is left out.
func (o *offer) contract() *contract.Contract {
	c := &contract.Contract{}
	for _, t := range o.Tools {
		tool := contract.Tool{Name: t.Name, Title: t.Title, Description: t.Description, InputSchema: t.InputSchema, OutputSchema: t.OutputSchema}
		var a contract.Annotations
		if len(t.Annotations) > 0 && json.Unmarshal(t.Annotations, &a) == nil && a != (contract.Annotations{}) {
			tool.Annotations = &a
		}
		c.Tools = append(c.Tools, tool)
	}
	for _, p := range o.Prompts {
		prompt := contract.Prompt{Name: p.Name, Title: p.Title, Description: p.Description}
		if len(p.Arguments) > 0 && json.Unmarshal(p.Arguments, &prompt.Arguments) != nil {
			prompt.Arguments = nil
		}
		c.Prompts = append(c.Prompts, prompt)
	}
	for _, r := range slices.Concat(o.Resources, o.Templates) {
		c.Resources = append(c.Resources, contract.Resource{URI: r.URI, URITemplate: r.URITemplate, Name: r.Name, Title: r.Title, Description: r.Description, MIMEType: r.MIMEType})
	}
	c.Sort()
	return c
}

// inspection is what inspect shows of a server.
type inspection struct {
	name, version string
	contract      *contract.Contract
	cost          map[string]int
	total         int
	problems      []review.Problem
}

func newInspection(name, version string, c *contract.Contract) *inspection {
	i := &inspection{name: name, version: version, contract: c, cost: map[string]int{}, problems: review.Review(c, review.Budget{})}
	cost := review.Count(c)
	i.total = cost.Total
	for _, t := range cost.Tools {
		i.cost[t.Name] = t.Tokens
	}
	return i
}

func (i *inspection) writeJSON(t *terminal.Terminal) error {
	type tool struct {
		contract.Tool
		Tokens int `json:"tokens"`
	}
	out := struct {
		Name      string              `json:"name"`
		Version   string              `json:"version,omitempty"`
		Tools     []tool              `json:"tools"`
		Prompts   []contract.Prompt   `json:"prompts"`
		Resources []contract.Resource `json:"resources"`
		Tokens    int                 `json:"tokens"`
		Estimate  string              `json:"estimate"`
		Problems  []checkFinding      `json:"problems"`
	}{
		Name: i.name, Version: i.version, Tools: []tool{}, Prompts: append([]contract.Prompt{}, i.contract.Prompts...),
		Resources: append([]contract.Resource{}, i.contract.Resources...), Tokens: i.total, Estimate: tokens.Name, Problems: []checkFinding{},
	}
	for _, t := range i.contract.Tools {
		out.Tools = append(out.Tools, tool{t, i.cost[t.Name]})
	}
	for _, p := range i.problems {
		out.Problems = append(out.Problems, findingOf(p))
	}
	return writeJSON(t, out)
}

func (i *inspection) writeTable(t *terminal.Terminal) error {
	var b strings.Builder
	bold, dim := t.OutColour.Bold, t.OutColour.Dim
	fmt.Fprintln(&b, strings.TrimSpace(bold(oneLine(i.name))+" "+oneLine(i.version)))
	table := func(head string, rows [][]string) {
		if len(rows) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n%s\n", bold(head))
		var aligned strings.Builder
		w := tabwriter.NewWriter(&aligned, 0, 4, 2, ' ', 0)
		for _, row := range rows {
			for j, cell := range row {
				row[j] = strings.Join(strings.Fields(printable(cell)), " ")
			}
			fmt.Fprintf(w, "  %s\n", strings.Join(row, "\t"))
		}
		_ = w.Flush() // a strings.Builder does not fail
		for line := range strings.Lines(aligned.String()) {
			b.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
	}
	var rows [][]string
	for _, tool := range i.contract.Tools {
		returns := ""
		if len(tool.OutputSchema) > 0 {
			returns = "→ " + shapeOf(tool.OutputSchema)
		}
		rows = append(rows, []string{tool.Name, fmt.Sprint(i.cost[tool.Name]), strings.TrimSpace(shapeOf(tool.InputSchema) + " " + returns)})
	}
	if len(rows) > 0 {
		rows = append([][]string{{"NAME", "TOKENS", "TAKES AND RETURNS"}}, append(rows, []string{"all", fmt.Sprint(i.total), ""})...)
	}
	table("Tools", rows)
	rows = nil
	for _, p := range i.contract.Prompts {
		var args []string
		for _, a := range p.Arguments {
			if !a.Required {
				a.Name += "?"
			}
			args = append(args, a.Name)
		}
		rows = append(rows, []string{p.Name, "(" + strings.Join(args, ", ") + ")"})
	}
	table("Prompts", rows)
	rows = nil
	for _, r := range i.contract.Resources {
		rows = append(rows, []string{r.Address(), r.MIMEType})
	}
	table("Resources", rows)
	if len(i.problems) > 0 {
		fmt.Fprintf(&b, "\n%s\n", bold("Problems"))
	}
	for _, p := range i.problems {
		level := t.OutColour.Yellow(string(p.Rule.Level) + ":")
		if p.Error() {
			level = t.OutColour.Red(string(p.Rule.Level) + ":")
		}
		f := findingOf(p)
		fmt.Fprintf(&b, "  %s %s %s\n", level, oneLine(f.text()), dim("("+p.Rule.ID+")"))
	}
	if len(i.contract.Tools) > 0 {
		fmt.Fprintf(&b, "\n%s\n", dim("Tokens are an estimate ("+tokens.Name+"): name, description and input schema of each tool."))
	}
	_, err := fmt.Fprint(t.Stdout, b.String())
	return err
}
