package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
)

func versionCommand() *command {
	c := &command{
		name:  "version",
		usage: "[flags]",
		short: "print the version of xmcpgo",
		long:  "Prints the version of xmcpgo, the revision it was built from, and the Go version that built it.",
		examples: `xmcpgo version
xmcpgo version --json
go tool xmcpgo version     # the version that an app is pinned to`,
		exits: "0 always, 2 wrong usage.",
		flags: flag.NewFlagSet("version", flag.ContinueOnError),
	}
	asJSON := c.flags.Bool("json", false, "print a JSON object")
	c.run = func(_ context.Context, t *terminal.Terminal, _ []string) error {
		v := version.Read()
		if !*asJSON {
			_, err := fmt.Fprintln(t.Stdout, v)
			return err
		}
		return writeJSON(t, v)
	}
	return c
}
