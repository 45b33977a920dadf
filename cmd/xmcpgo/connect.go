package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/clients"
)

// connectOptions are the flags of connect.
type connectOptions struct {
	name, dir          string
	write, force, json bool
}

func connectCommand() *command {
	var ids []string
	for _, c := range clients.All() {
		ids = append(ids, c.ID)
	}
	c := &command{
		name:       "connect",
		usage:      "[flags] CLIENT [URL] | CLIENT -- PROGRAM [ARG...]",
		short:      "print or write the configuration of an MCP client",
		maxArgs:    2,
		hasProgram: true,
		long: `Prints the configuration by which a client finds a server, named by its URL (` + defaultURL + ` when it is left
out) or by the command line that starts it. With --write it goes into the file of the project that Cursor, Claude Code and VS Code read:
what is in the file stays as it is, a copy of it is kept, and a file that is no JSON is not touched.

CLIENT is one of ` + strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1] + `. A configuration never holds a token or another secret:
URLs and arguments that look like one are refused. Clients sign in by themselves.`,
		examples: `xmcpgo connect cursor
xmcpgo connect claude-code https://mcp.example.com/mcp --write
xmcpgo connect vscode --write --dir ../my-app
xmcpgo connect codex >> ~/.codex/config.toml
xmcpgo connect claude-desktop -- ./my-app --stdio`,
		exits: "0 all is well, 1 the file is broken or has another server of that name, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("connect", flag.ContinueOnError),
	}
	var o connectOptions
	c.flags.StringVar(&o.name, "name", "", "call the server `NAME`; when left out, by the folder, the program or the host")
	c.flags.StringVar(&o.dir, "dir", ".", "the project's folder: `DIR`")
	c.flags.BoolVar(&o.write, "write", false, "write the client's file in the project, and keep a copy of it")
	c.flags.BoolVar(&o.force, "force", false, "with --write, replace another server of that name")
	c.flags.BoolVar(&o.json, "json", false, "print a JSON object with the file and its content")
	c.run = func(_ context.Context, t *terminal.Terminal, args []string) error {
		if len(args) == 0 {
			return c.errorf("name the client: %s", strings.Join(ids, ", "))
		}
		client, ok := clients.Find(args[0])
		if !ok {
			return c.errorf("unknown client %q%s", args[0], didYouMean(args[0], ids))
		}
		server := clients.Server{Name: o.name, URL: defaultURL, Program: c.program}
		switch {
		case len(args) == 2 && len(c.program) > 0:
			return c.errorf("name the server by URL or by program, not both")
		case len(args) == 2:
			server.URL = args[1]
		case o.force && !o.write:
			return c.errorf("--force goes with --write")
		}
		if o.write && !client.Writable() {
			return c.errorf("--write knows the files of Cursor, Claude Code and VS Code; put what is printed without it into %s", client.File)
		}
		if err := complete(&server, o.dir); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		if err := server.Validate(); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		if o.write {
			return writeConnection(t, client, server, o)
		}
		return printConnection(t, client, server, o.json)
	}
	return c
}

const defaultURL = "http://" + defaultHost + ":" + defaultPort + defaultEndpoint

// complete makes a program absolute, since clients start it from anywhere, and names the server.
func complete(s *clients.Server, dir string) error {
	project, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if len(s.Program) > 0 {
		program, hint := s.Program[0], ""
		if strings.ContainsAny(program, `/`+string(filepath.Separator)) {
			hint = ": build it first"
			if program, err = filepath.Abs(program); err != nil {
				return err
			}
		}
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("there is no program %s%s", program, hint)
		}
		s.Program = append([]string{program}, s.Program[1:]...)
	}
	if s.Name == "" {
		s.Name = clients.DefaultName(*s, clients.IsLocal(s.URL), filepath.Base(project))
	}
	return nil
}

func writeConnection(t *terminal.Terminal, client clients.Client, server clients.Server, o connectOptions) error {
	if info, err := os.Stat(o.dir); err != nil || !info.IsDir() {
		return fmt.Errorf("connect: there is no folder %s", o.dir)
	}
	w, err := client.Write(o.dir, server, o.force)
	switch {
	case errors.Is(err, clients.ErrTaken):
		fmt.Fprintf(t.Stderr, "connect: %v\n\tChoose another --name, or replace it with --force.\n", err)
		return errFound
	case errors.Is(err, clients.ErrBroken):
		fmt.Fprintf(t.Stderr, "connect: %v\n\tMend it, or add by hand what xmcpgo connect %s prints.\n", err, client.ID)
		return errFound
	case err != nil:
		return fmt.Errorf("connect: %w", err)
	}
	shown := func(file string) string {
		full, err := filepath.Abs(file)
		if err != nil {
			return file
		}
		return generate.Relative("", full)
	}
	if o.json {
		out := map[string]any{"client": client.ID, "name": server.Name, "file": w.File, "changed": w.Changed}
		if w.Backup != "" {
			out["backup"] = w.Backup
		}
		return writeJSON(t, out)
	}
	switch {
	case !w.Changed:
		fmt.Fprintf(t.Stdout, "%s has the server %s already\n", shown(w.File), server.Name)
	case w.Backup != "":
		fmt.Fprintf(t.Stdout, "added the server %s to %s; what was there is in %s\n", server.Name, shown(w.File), shown(w.Backup))
	default:
		fmt.Fprintf(t.Stdout, "wrote %s with the server %s\n", shown(w.File), server.Name)
	}
	note(t, client, server)
	return nil
}

func printConnection(t *terminal.Terminal, client clients.Client, server clients.Server, asJSON bool) error {
	config, err := client.Config(server)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if asJSON {
		return writeJSON(t, map[string]any{"client": client.ID, "name": server.Name, "file": client.File, "config": config})
	}
	fmt.Fprintf(t.Stderr, "%s reads %s; add this to what it holds:\n", client.Title, client.File)
	if _, err := fmt.Fprint(t.Stdout, config); err != nil {
		return err
	}
	note(t, client, server)
	return nil
}

// note says what else there is to do.
func note(t *terminal.Terminal, client clients.Client, server clients.Server) {
	if client.Note != "" {
		fmt.Fprintln(t.Stderr, strings.ReplaceAll(client.Note, "NAME", server.Name))
	}
	if len(server.Program) == 0 && strings.HasPrefix(server.URL, "http://") && !clients.IsLocal(server.URL) {
		fmt.Fprintln(t.Stderr, "The URL is not https: whoever is on the way can read and change what is said, tokens included.")
	}
}
