package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/compare"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/git"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/review"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/rules"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/tokens"
	"github.com/xmcpgo/xmcpgo/codegen"
	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// checkFinding is a change of the contract, or a problem with it.
type checkFinding struct {
	Rule    string      `json:"rule"`
	Level   rules.Level `json:"level"`
	Item    string      `json:"item,omitempty"`
	Path    string      `json:"path,omitempty"`
	Message string      `json:"message"`
	File    string      `json:"file,omitempty"` // relative to the module's folder
	Line    int         `json:"line,omitempty"`
	// Accepted is why it is meant, as the configuration says.
	Accepted string `json:"accepted,omitempty"`
}

// findingOf is a problem without its place in the source.
func findingOf(p review.Problem) checkFinding {
	return checkFinding{Rule: p.Rule.ID, Level: p.Rule.Level, Item: p.Item, Path: p.Path, Message: p.Message}
}

// fails reports whether the finding is a reason for exit code 1.
func (f *checkFinding) fails(strict bool) bool {
	return f.Accepted == "" && (f.Level.Fails() || strict && f.Level == rules.Warning)
}

// checkReport is what check has found.
type checkReport struct {
	result   *codegen.Result
	against  string
	compared bool
	strict   bool
	budget   review.Budget
	cost     review.Cost
	notes    []string
	changes  []checkFinding
	problems []checkFinding
}

func (r *checkReport) note(text string) {
	if text != "" {
		r.notes = append(r.notes, text)
	}
}

// judge takes over what was found, and marks what is meant.
func (r *checkReport) judge(changes []compare.Change, problems []review.Problem, accept []acceptance) {
	place := func(f checkFinding, at contract.Position) checkFinding {
		f.File, f.Line = at.File, at.Line
		if f.File == "" {
			f.File = r.result.LockPath
		}
		return f
	}
	for _, c := range changes {
		r.changes = append(r.changes, place(checkFinding{Rule: c.Rule.ID, Level: c.Rule.Level, Item: c.Item, Path: c.Path, Message: c.Message}, c.Position))
	}
	for _, p := range problems {
		r.problems = append(r.problems, place(findingOf(p), p.Position))
	}
	for _, a := range accept {
		used := false
		for _, list := range [][]checkFinding{r.changes, r.problems} {
			for i := range list {
				if a.covers(&list[i]) {
					list[i].Accepted, used = a.Why, true
				}
			}
		}
		if !used && r.compared {
			r.note(fmt.Sprintf("%s accepts %s of %s, which is not there", settingsFile, a.Rule, a.Item))
		}
	}
}

func (r *checkReport) write(ctx context.Context, t *terminal.Terminal, o checkOptions) error {
	var err error
	switch {
	case o.json:
		err = r.writeJSON(t)
	case o.github:
		err = r.writeAnnotations(ctx, t)
	default:
		err = r.writeText(t)
	}
	if err != nil {
		return err
	}
	for _, list := range [][]checkFinding{r.changes, r.problems} {
		for i := range list {
			if list[i].fails(r.strict) {
				return errFound
			}
		}
	}
	return nil
}

// count counts the findings of a level that are not accepted.
func (r *checkReport) count(level rules.Level) int {
	n := 0
	for _, list := range [][]checkFinding{r.changes, r.problems} {
		for _, f := range list {
			if f.Level == level && f.Accepted == "" {
				n++
			}
		}
	}
	return n
}

func (r *checkReport) writeJSON(t *terminal.Terminal) error {
	type budget struct {
		Tool   int `json:"tool,omitempty"`
		Server int `json:"server,omitempty"`
	}
	out := struct {
		Against  string         `json:"against"`
		Compared bool           `json:"compared"`
		Root     string         `json:"root"`
		Changes  []checkFinding `json:"changes"`
		Problems []checkFinding `json:"problems"`
		Notes    []string       `json:"notes"`
		Tokens   struct {
			Estimate string            `json:"estimate"`
			Total    int               `json:"total"`
			Tools    []review.ToolCost `json:"tools"`
			Budget   budget            `json:"budget"`
		} `json:"tokens"`
		Summary map[rules.Level]int `json:"summary"`
	}{
		Against: r.against, Compared: r.compared, Root: r.result.Root,
		Changes: append([]checkFinding{}, r.changes...), Problems: append([]checkFinding{}, r.problems...), Notes: append([]string{}, r.notes...),
		Summary: map[rules.Level]int{},
	}
	out.Tokens.Estimate, out.Tokens.Total, out.Tokens.Tools = tokens.Name, r.cost.Total, r.cost.Tools
	out.Tokens.Budget = budget{r.budget.Tool, r.budget.Server}
	for _, level := range rules.Levels() {
		out.Summary[level] = r.count(level)
	}
	return writeJSON(t, out)
}

func (r *checkReport) writeText(t *terminal.Terminal) error {
	var b strings.Builder
	colour := t.OutColour
	paint := map[rules.Level]func(string) string{rules.Breaking: colour.Red, rules.Error: colour.Red, rules.Warning: colour.Yellow, rules.Compatible: colour.Green}
	for _, list := range [][]checkFinding{r.changes, r.problems} {
		for _, f := range list {
			level := paint[f.Level](string(f.Level) + ":")
			if f.Accepted != "" {
				level = colour.Dim(string(f.Level) + ", accepted (" + oneLine(f.Accepted) + "):")
			}
			fmt.Fprintf(&b, "%s %s %s %s\n", colour.Bold(r.place(f)), level, oneLine(f.text()), colour.Dim("("+f.Rule+")"))
		}
	}
	for _, n := range r.notes {
		fmt.Fprintf(&b, "note: %s\n", oneLine(n))
	}
	fmt.Fprintln(&b, r.summary())
	_, err := fmt.Fprint(t.Stdout, b.String())
	return err
}

// oneLine keeps a stranger's text on its line.
func oneLine(s string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(printable(s))
}

// text is the finding in words: "tool greet, input.name: is new and required".
func (f *checkFinding) text() string {
	where := f.Item
	if f.Path != "" {
		where += ", " + f.Path
	}
	if where == "" {
		return f.Message
	}
	return where + ": " + f.Message
}

// place is where editors and terminals find it.
func (r *checkReport) place(f checkFinding) string {
	at := generate.Relative(r.result.Root, f.File)
	if f.Line == 0 {
		return at + ":"
	}
	return fmt.Sprintf("%s:%d:", at, f.Line)
}

func (r *checkReport) summary() string {
	var parts []string
	if r.compared {
		parts = append(parts, fmt.Sprintf("Against %s: %s, %s.", oneLine(r.against), terminal.Count(r.count(rules.Breaking), "breaking change"), terminal.Count(r.count(rules.Compatible), "compatible one")))
	}
	parts = append(parts, sentence(fmt.Sprintf("%s, %s.", terminal.Count(r.count(rules.Error), "error"), terminal.Count(r.count(rules.Warning), "warning"))))
	cost := fmt.Sprintf("About %s for %s", terminal.Count(r.cost.Total, "token"), terminal.Count(len(r.cost.Tools), "tool"))
	if r.budget.Server > 0 {
		cost += fmt.Sprintf(", of %d", r.budget.Server)
	}
	if len(r.cost.Tools) > 1 {
		cost += fmt.Sprintf("; most for %s, %d", oneLine(r.cost.Tools[0].Name), r.cost.Tools[0].Tokens)
	}
	return strings.Join(append(parts, cost+"."), " ")
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// writeAnnotations prints workflow commands of GitHub Actions, by which the findings appear beside the lines of a pull request.
func (r *checkReport) writeAnnotations(ctx context.Context, t *terminal.Terminal) error {
	base := r.result.Root
	if root, err := git.Root(ctx, r.result.Root); err == nil {
		base = root
	}
	var b strings.Builder
	for _, list := range [][]checkFinding{r.changes, r.problems} {
		for _, f := range list {
			kind := "notice"
			switch {
			case f.fails(r.strict):
				kind = "error"
			case f.Level == rules.Warning && f.Accepted == "":
				kind = "warning"
			}
			file := filepath.Join(r.result.Root, filepath.FromSlash(f.File))
			if rel, err := filepath.Rel(base, file); err == nil {
				file = rel
			}
			text := string(f.Level) + ": " + f.text()
			if f.Accepted != "" {
				text += "; accepted: " + f.Accepted
			}
			fmt.Fprintf(&b, "::%s file=%s,line=%d,title=%s::%s\n", kind, property(filepath.ToSlash(file)), max(f.Line, 1), property("xmcpgo check: "+f.Rule), message(text))
		}
	}
	for _, n := range r.notes {
		fmt.Fprintf(&b, "::notice title=xmcpgo check::%s\n", message(n))
	}
	fmt.Fprintln(&b, r.summary())
	_, err := fmt.Fprint(t.Stdout, b.String())
	return err
}

// message escapes what would end a workflow command (GitHub Actions, workflow commands).
func message(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(printable(s))
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(message(s))
}
