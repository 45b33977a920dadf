package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
)

func authCommand() *command {
	c := &command{
		name:  "auth",
		usage: "[flags]",
		short: "run a stand-in for a Scalekit environment",
		long: `Runs a stand-in for a Scalekit environment on this machine, so that sign-in can be tried without an account, and prints the
variables with which an app uses it, as lines of a .env file. It is for development only: nobody has a password, everything is
in memory, and it answers this machine alone. It ends with Ctrl-C.`,
		examples: `xmcpgo auth
xmcpgo auth --server-url http://127.0.0.1:8080/mcp
xmcpgo auth --scopes notes:read,notes:write > .env`,
		exits: "0 ended by Ctrl-C, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("auth", flag.ContinueOnError),
	}
	serverURL := c.flags.String("server-url", "http://"+defaultHost+":"+defaultPort+defaultEndpoint, "the MCP server that tokens are made for: the `URL` of its endpoint")
	port := c.flags.Int("port", defaultAuthPort, "listen on this `PORT` of 127.0.0.1; 0 is any that is free")
	scopes := c.flags.String("scopes", "", "scopes that the server asks for: a `LIST`, by commas")
	c.run = func(ctx context.Context, t *terminal.Terminal, _ []string) error {
		if err := checkServerURL("--server-url", *serverURL); err != nil {
			return c.errorf("%v", err)
		}
		s, err := hostStandIn(*port, "--port", seed(*serverURL, "", splitList(*scopes), nil))
		if err != nil {
			return fmt.Errorf("auth: %w", err)
		}
		s.announce(t)
		fmt.Fprintf(t.Stderr, "Tokens are for %s. The variables of the app:\n", *serverURL)
		if err := s.writeVariables(t.Stdout); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return s.close()
		case err := <-s.failed:
			return err
		}
	}
	return c
}

// splitList cuts a list at its commas; empty entries are left out.
func splitList(v string) []string {
	var list []string
	for entry := range strings.SplitSeq(v, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}
