package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/compare"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/review"
	"github.com/xmcpgo/xmcpgo/codegen"
	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// What a name or a description holds ends neither a workflow command nor a line, and steers no terminal.
func TestCheckReportEscapes(t *testing.T) {
	bad := "x\n::error::y\x1b[8m%,:"
	r := &checkReport{result: &codegen.Result{Root: t.TempDir(), LockPath: contract.FileName}, against: bad, compared: true}
	change := compare.Change{Rule: compare.Rules().Lookup("tool-removed"), Item: "tool " + bad, Path: bad, Message: bad, Position: contract.Position{File: "src/a,b:c.go", Line: 2}}
	r.judge([]compare.Change{change}, nil, nil)
	r.note(bad)

	var out bytes.Buffer
	if err := r.writeAnnotations(t.Context(), &terminal.Terminal{Stdout: &out}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if want := "::error file=src/a%2Cb%3Ac.go,line=2,title=xmcpgo check%3A tool-removed::breaking: tool x%0A::error::y[8m%25,:"; !strings.HasPrefix(lines[0], want) {
		t.Errorf("got  %s\nwant %s", lines[0], want)
	}
	if strings.Contains(out.String(), "\x1b") || strings.Count(out.String(), "\n::error::") > 0 {
		t.Errorf("something gets through: %q", out.String())
	}
}

func TestCheckReportColours(t *testing.T) {
	r := &checkReport{result: &codegen.Result{Root: t.TempDir(), LockPath: contract.FileName}, cost: review.Cost{Total: 1, Tools: []review.ToolCost{{Name: "a", Tokens: 1}}}}
	r.judge([]compare.Change{{Rule: compare.Rules().Lookup("tool-added"), Item: "tool a", Message: "is new"}}, []review.Problem{{Rule: review.Rules().Lookup("tools-many"), Message: "many"}}, nil)
	for _, coloured := range []terminal.Palette{false, true} {
		var out bytes.Buffer
		if err := r.writeText(&terminal.Terminal{Stdout: &out, OutColour: coloured}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b["); got != bool(coloured) {
			t.Errorf("with colours %v: %q", coloured, out.String())
		}
		if !strings.HasSuffix(out.String(), "\nNo errors, 1 warning. About 1 token for 1 tool.\n") {
			t.Errorf("the summary is %q", out.String())
		}
	}
}

func TestAcceptance(t *testing.T) {
	f := checkFinding{Rule: "tool-removed", Item: "tool a", Path: "input.x"}
	for _, tt := range []struct {
		a    acceptance
		want bool
	}{
		{acceptance{Rule: "tool-removed", Item: "tool a"}, true},
		{acceptance{Rule: "tool-removed", Item: "tool a", Path: "input.x"}, true},
		{acceptance{Rule: "tool-removed", Item: "tool a", Path: "input.y"}, false},
		{acceptance{Rule: "tool-removed", Item: "tool b"}, false},
		{acceptance{Rule: "tool-added", Item: "tool a"}, false},
		{acceptance{Rule: "tool-removed"}, false},
	} {
		if got := tt.a.covers(&f); got != tt.want {
			t.Errorf("%+v: %v", tt.a, got)
		}
	}
}
