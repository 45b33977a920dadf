// Package review reads a contract with the eyes of the clients that are in use: which names and schemas they refuse, which texts they cut,
// what models would be misled by, and what the whole costs.
//
// The protocol allows more than clients do, so most of this is no matter of right or wrong. What makes a client refuse a tool, or hides
// something from people, is an error; what some clients do less well with is a warning. Each [Problem] names a rule ([Rules]) with the reason.
package review

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/rules"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/tokens"
	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// Problem is one finding.
type Problem struct {
	Rule *rules.Rule
	// Item is what it is about, by kind and name: "tool greet"; empty for the server as a whole.
	Item string
	// Path leads to the place in the item: "input.name"; empty for the item itself.
	Path     string
	Message  string
	Position contract.Position
}

// Error reports whether the finding is more than a warning.
func (p *Problem) Error() bool { return p.Rule.Level == rules.Error }

// Budget bounds what a contract may cost, in tokens as package tokens estimates them. Zero is no bound.
type Budget struct {
	Tool   int // each tool
	Server int // all tools together
}

// Cost is what the tools of a contract take of a model's context.
type Cost struct {
	Tools []ToolCost // the dearest first
	Total int
}

// ToolCost is the cost of one tool.
type ToolCost struct {
	Name   string `json:"name"`
	Tokens int    `json:"tokens"`
}

// Count estimates the cost of the tools.
func Count(c *contract.Contract) Cost {
	cost := Cost{Tools: []ToolCost{}}
	for _, t := range c.Tools {
		n := tokens.Tool(t.Name, t.Description, t.InputSchema)
		cost.Tools = append(cost.Tools, ToolCost{t.Name, n})
		cost.Total += n
	}
	slices.SortStableFunc(cost.Tools, func(a, b ToolCost) int {
		return cmp.Or(-cmp.Compare(a.Tokens, b.Tokens), cmp.Compare(a.Name, b.Name))
	})
	return cost
}

// Review lists what is to say about a contract, errors first, then by item and path.
func Review(c *contract.Contract, budget Budget) []Problem {
	var all []Problem
	suspicions := suspicions()
	about := func(item string, at contract.Position) *reviewer {
		return &reviewer{item: item, position: at, suspicions: suspicions}
	}
	for i := range c.Tools {
		t := &c.Tools[i]
		r := about("tool "+t.Name, t.Position)
		r.tool(t, budget.Tool)
		all = append(all, r.problems...)
	}
	for i := range c.Prompts {
		p := &c.Prompts[i]
		r := about("prompt "+p.Name, p.Position)
		r.prompt(p)
		all = append(all, r.problems...)
	}
	for i := range c.Resources {
		res := &c.Resources[i]
		r := about("resource "+res.Address(), res.Position)
		r.resource(res)
		all = append(all, r.problems...)
	}
	server := &reviewer{}
	server.whole(c, budget.Server)
	all = append(all, server.problems...)
	slices.SortStableFunc(all, func(a, b Problem) int {
		if a.Error() != b.Error() {
			if a.Error() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(all, func(a, b Problem) bool { return a == b })
}

// reviewer collects the problems of one item.
type reviewer struct {
	item       string
	position   contract.Position
	suspicions []suspicion
	problems   []Problem
}

func (r *reviewer) add(rule, path, format string, args ...any) {
	r.problems = append(r.problems, Problem{Rule: table.Lookup(rule), Item: r.item, Path: path, Message: fmt.Sprintf(format, args...), Position: r.position})
}

func (r *reviewer) tool(t *contract.Tool, budget int) {
	r.toolName(t.Name)
	r.describes(t.Description)
	r.hints(t)
	r.text("title", t.Title)
	r.text("description", t.Description)
	r.inputSchema(t.InputSchema)
	r.schemaTexts("output", t.OutputSchema)
	if n := tokens.Tool(t.Name, t.Description, t.InputSchema); budget > 0 && n > budget {
		r.add("tool-budget", "", "takes about %d tokens, and the budget for one tool is %d", n, budget)
	}
}

func (r *reviewer) prompt(p *contract.Prompt) {
	r.describes(p.Description)
	r.text("title", p.Title)
	r.text("description", p.Description)
	for _, a := range p.Arguments {
		path := "arguments." + a.Name
		if a.Description == "" {
			r.add("argument-undescribed", path, "has no description")
		}
		r.text(path, a.Name)
		r.text(path, a.Title)
		r.text(path, a.Description)
	}
}

func (r *reviewer) resource(res *contract.Resource) {
	r.describes(res.Description)
	r.text("name", res.Name)
	r.text("title", res.Title)
	r.text("description", res.Description)
}

// most is how many tools VS Code gives to a model in one request.
const most = 128

func (r *reviewer) whole(c *contract.Contract, budget int) {
	r.confusable(c.Tools)
	if n := len(c.Tools); n > most {
		r.add("tools-many", "", "%d tools are more than the %d that some clients take", n, most)
	}
	if total := Count(c).Total; budget > 0 && total > budget {
		r.add("server-budget", "", "all tools take about %d tokens, and the budget is %d", total, budget)
	}
}
