package main

import (
	"context"
	"flag"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func generateCommand() *command {
	c := &command{
		name:    "generate",
		usage:   "[flags] [DIR]",
		short:   "write the registry and the JSON schemas of an app",
		maxArgs: 1,
		long: `Reads src/tools, src/prompts, src/resources and src/middleware.go of the app that DIR lies in (the working directory when
it is left out) and writes an xmcp_gen.go into each folder that has items, and what clients see of them into xmcp.lock.json. It
never runs the app's code, writes only files that change, and writes nothing while there are errors. All problems are reported at
once, as file:line:col: message (code).`,
		examples: `xmcpgo generate
xmcpgo generate -check          # in CI: are the generated files fresh?
xmcpgo generate -diff           # what would change
xmcpgo generate -json ./my-app  # for editors
//go:generate go tool xmcpgo-generate`,
		exits: "0 all is well, 1 the app has errors or (with -check and -diff) stale files, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("generate", flag.ContinueOnError),
	}
	var mode generate.Mode
	mode.Flags(c.flags)
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if err := mode.Validate(); err != nil {
			return c.errorf("%v", err)
		}
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		return generate.Run(ctx, t, codegen.Config{Dir: dir, Version: version.Read().Version}, mode)
	}
	return c
}
