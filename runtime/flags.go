package xmcp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

// dotenvPath is read from the working directory, and dotenvLimit bounds its size.
const (
	dotenvPath  = ".env"
	dotenvLimit = 1 << 20
)

// environment is what [Main] reads from the process; tests bring their own.
type environment struct {
	lookup func(name string) (string, bool)
	set    func(name, value string) error
	read   func(path string) ([]byte, error)
	names  func() []string // of all variables
}

func processEnvironment() environment {
	return environment{lookup: os.LookupEnv, set: os.Setenv, read: readBounded, names: variableNames}
}

func variableNames() []string {
	all := os.Environ()
	for i, v := range all {
		all[i], _, _ = strings.Cut(v, "=")
	}
	slices.Sort(all)
	return all
}

// envPrefix begins the variables that nobody else is likely to have. Still, a service of that name may be in the same cluster.
const envPrefix = "XMCP_"

// checkNames finds the misspelt variable: one that is so close to a setting's that it was meant to be it. What all of ours begin with makes
// no two of them alike, so the rest is compared.
func (e environment) checkNames(table []setting) error {
	known := []string{strings.TrimPrefix(envUnderDev, envPrefix)}
	for _, s := range table {
		if name, ours := strings.CutPrefix(s.env, envPrefix); ours {
			known = append(known, name)
		}
	}
	for _, full := range e.names() {
		name, ours := strings.CutPrefix(full, envPrefix)
		if !ours || slices.Contains(known, name) {
			continue
		}
		if near := nearest(name, known); near != "" {
			return &usageError{fmt.Sprintf("unknown variable %s: did you mean %s?", full, envPrefix+near)}
		}
	}
	return nil
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, dotenvLimit+1))
	if err == nil && len(b) > dotenvLimit {
		err = fmt.Errorf("larger than %d bytes", dotenvLimit)
	}
	return b, err
}

// loadDotenv puts the variables of the .env file into the environment, where user code and plugins find them as well. Those
// that are set already stay as they are. A file that is not there is fine.
func (e environment) loadDotenv(path string) error {
	b, err := e.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	vars, err := godotenv.UnmarshalBytes(b)
	if err != nil { // its text quotes the file, which holds secrets
		return fmt.Errorf("%s%s: not a line of the form NAME=value", path, badLine(b))
	}
	for _, name := range sortedKeys(vars) {
		if _, ok := e.lookup(name); ok {
			continue
		}
		if err := e.set(name, vars[name]); err != nil {
			return fmt.Errorf("%s: set %s: %w", path, name, err)
		}
	}
	return nil
}

// badLine points at the first line after which a .env file no longer parses, as ":3", or is empty.
func badLine(b []byte) string {
	n := 0
	for line := range bytes.Lines(b) {
		n++
		if _, err := godotenv.UnmarshalBytes(line); err != nil {
			return fmt.Sprintf(":%d", n)
		}
	}
	return ""
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// usageError is a mistake on the command line or in the environment: exit code 2.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// parsedFlags is what the command line says, in order.
type parsedFlags struct {
	help, version bool
	values        []flagValue
}

type flagValue struct {
	setting setting
	value   string
}

// parseFlags reads "--name value", "--name=value" and switches, with one dash or two. Nothing else is accepted.
func parseFlags(args []string, table []setting) (parsedFlags, error) {
	var p parsedFlags
	names := []string{"help", "version"}
	byName := map[string]setting{}
	for _, s := range table {
		if s.flag != "" {
			names = append(names, s.flag)
			byName[s.flag] = s
		}
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, ok := strings.CutPrefix(arg, "-")
		if !ok || name == "" || name == "-" {
			return p, &usageError{fmt.Sprintf("unexpected argument %q: only flags are accepted (see --help)", arg)}
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		s, known := byName[name]
		switch {
		case name == "help" || name == "h":
			p.help = true
			continue
		case name == "version":
			p.version = true
			continue
		case !known:
			text := fmt.Sprintf("unknown flag --%s (see --help)", name)
			if near := nearest(name, names); near != "" {
				text = fmt.Sprintf("unknown flag --%s: did you mean --%s?", name, near)
			}
			return p, &usageError{text}
		case s.arg == "" && !hasValue:
			value = "true"
		case !hasValue && len(args) == 0:
			return p, &usageError{fmt.Sprintf("flag --%s needs a value: --%s %s", name, name, s.arg)}
		case !hasValue:
			value, args = args[0], args[1:]
		}
		p.values = append(p.values, flagValue{s, value})
	}
	return p, nil
}

// apply lays flags over environment over c.
func (p parsedFlags) apply(c *Config, env environment, table []setting) error {
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
	if err := env.checkNames(table); err != nil {
		return err
	}
	for _, s := range table {
		if s.env == "" {
			continue
		}
		// An empty variable counts as absent: that is how compose files and shells switch one off.
		if v, ok := env.lookup(s.env); ok && v != "" {
			if err := s.apply(c, s.env, v); err != nil {
				return err
			}
		}
	}
	for _, f := range p.values {
		if err := f.setting.apply(c, "--"+f.setting.flag, f.value); err != nil {
			return err
		}
	}
	return nil
}

// apply sets one value. Its error is one line that names where the value came from.
func (s setting) apply(c *Config, source, value string) error {
	err := s.set(c, value)
	switch {
	case err == nil:
		return nil
	case s.secret:
		return &usageError{fmt.Sprintf("%s %v", source, err)}
	}
	return &usageError{hidePassword(fmt.Sprintf("%s=%q: %v", source, value, err))}
}

var userInfo = regexp.MustCompile(`://[^"]*@`)

// hidePassword takes user and password out of the URLs that a message quotes.
func hidePassword(message string) string { return userInfo.ReplaceAllString(message, "://…@") }

// writeHelp prints every flag with its variable and the value it has without them.
func writeHelp(w io.Writer, program string, c Config, table []setting) {
	fmt.Fprintf(w, "%s serves MCP tools, prompts and resources.\n\nUsage:\n  %s [flags]\n\nFlags:\n", c.Name, program)
	width := 0
	line := func(s setting) string { return strings.TrimSpace("--" + s.flag + " " + s.arg) }
	for _, s := range table {
		if s.flag != "" {
			width = max(width, len(line(s)))
		}
	}
	row := func(left, text string) { fmt.Fprintf(w, "  %-*s  %s\n", width, left, text) }
	for _, s := range table {
		if s.flag == "" {
			continue
		}
		var notes []string
		if s.env != "" {
			notes = append(notes, s.env)
		}
		if s.flag == "addr" {
			notes = append(notes, "HOST and PORT")
		}
		if s.show != nil {
			if v := s.show(&c); v != "" {
				notes = append(notes, "default "+v)
			}
		}
		text := s.usage
		if len(notes) > 0 {
			text += " (" + strings.Join(notes, "; ") + ")"
		}
		row(line(s), text)
	}
	row("--version", "print name and version")
	row("--help", "print this help")
	fmt.Fprintf(w, "\nEnvironment, read from .env as well:\n")
	for _, s := range table {
		if s.flag == "" {
			row(s.env, s.usage)
		}
	}
	fmt.Fprintf(w, "\nA flag wins over the environment, the environment over .env, .env over the code.\n\nExamples:\n"+
		"  %[1]s\n  %[1]s --addr 127.0.0.1:8080\n  %[1]s --stdio\n"+
		"  BASE_URL=https://mcp.example.com %[1]s --addr 0.0.0.0:8080\n", program)
}
