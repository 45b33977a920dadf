package main

import (
	"errors"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() (c *command, check, yes *bool, name *string) {
	c = &command{name: "sample", maxArgs: 2, flags: flag.NewFlagSet("sample", flag.ContinueOnError)}
	check = c.flags.Bool("check", false, "")
	yes = c.flags.Bool("y", false, "")
	name = c.flags.String("name", "", "")
	c.flags.Int("budget", 0, "allow `N` tokens")
	c.flags.Duration("timeout", 15*time.Minute, "give up after `DURATION`")
	return c, check, yes, name
}

// Each command says in its help what it is for, shows how it is called, and which exit codes there are.
func TestEveryCommandHasHelp(t *testing.T) {
	for _, c := range commands() {
		var help strings.Builder
		c.writeHelp(&help)
		_, examples, _ := strings.Cut(help.String(), "\n\nExamples:\n")
		examples, exits, _ := strings.Cut(examples, "\n\nExit codes:\n")
		if c.short == "" || len(c.long) < 40 || !strings.Contains(examples, "xmcpgo "+c.name) || !strings.HasPrefix(exits, "  0 ") || !strings.Contains(exits, "2 ") {
			t.Errorf("%s has the help\n%s", c.name, &help)
		}
		c.flags.VisitAll(func(f *flag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s does not say what it is for", c.name, f.Name)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args       []string
		positional []string // nil: help was asked for
		check, yes bool
		value      string
	}{
		{args: nil, positional: []string{}},
		{args: []string{"-check"}, positional: []string{}, check: true},
		{args: []string{"--check"}, positional: []string{}, check: true},
		{args: []string{"--check=false", "-y"}, positional: []string{}, yes: true},
		{args: []string{"a", "--check", "b"}, positional: []string{"a", "b"}, check: true},
		{args: []string{"--name", "x", "a"}, positional: []string{"a"}, value: "x"},
		{args: []string{"-name=x=y", "a"}, positional: []string{"a"}, value: "x=y"},
		{args: []string{"--name", "--check"}, positional: []string{}, value: "--check"},
		{args: []string{"--name="}, positional: []string{}},
		{args: []string{"--", "--check", "-y"}, positional: []string{"--check", "-y"}},
		{args: []string{"-"}, positional: []string{"-"}},
		{args: []string{""}, positional: []string{""}},
		{args: []string{"a", "-h"}},
		{args: []string{"--help", "--unknown"}},
	} {
		c, check, yes, name := sample()
		got, err := c.parse(tt.args)
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		if diff := cmp.Diff(tt.positional, got); diff != "" {
			t.Errorf("%q: positional (-want +got):\n%s", tt.args, diff)
		}
		if *check != tt.check || *yes != tt.yes || *name != tt.value {
			t.Errorf("%q: check %v, y %v, name %q", tt.args, *check, *yes, *name)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--chek"}, "sample: unknown flag --chek; did you mean --check?"},
		{[]string{"-n"}, "sample: unknown flag -n; did you mean -y?"},
		{[]string{"--name"}, "sample: flag --name needs a value"},
		{[]string{"--check=perhaps"}, `sample: flag --check cannot be "perhaps": it is neither true nor false`},
		{[]string{"--budget", "many"}, `sample: flag --budget cannot be "many": it is no whole number`},
		{[]string{"--timeout", "5"}, `sample: flag --timeout cannot be "5": it is no duration, such as 90s or 5m`},
		{[]string{"a", "b", "c"}, `sample: unexpected argument "c"`},
		{[]string{"---check"}, "sample: unknown flag ---check; did you mean --check?"},
	} {
		c, _, _, _ := sample()
		_, err := c.parse(tt.args)
		var usage *usageError
		if !errors.As(err, &usage) || usage.cmd != c {
			t.Errorf("%q: error %v is no usage error of the command", tt.args, err)
			continue
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.args, diff)
		}
	}
}
