package xmcp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
)

// runMain is Main as a function: exit code, standard output and standard error.
func runMain(ctx context.Context, r *Registry, cfg Config, vars map[string]string, args ...string) (code int, out, errOut string) {
	env, _ := fakeEnvironment(vars, "-")
	var stdout, stderr bytes.Buffer
	code = run(ctx, append([]string{"/usr/bin/notes.exe"}, args...), env, &stdout, &stderr, r, cfg)
	return code, stdout.String(), stderr.String()
}

func TestExitCodes(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	broken := NewRegistry()
	broken.Use(func() []Plugin { return []Plugin{nil} })
	lacking := NewRegistry()
	lacking.Require("store", false)
	lacking.Require("clock", false)
	unfit := NewRegistry()
	unfit.Use(func() []Plugin {
		return []Plugin{PluginFunc("keys", func(*Host) error { return errors.Join(errors.New("entry 1 is empty"), errors.New("entry 2 is empty")) })}
	})
	tests := []struct {
		name     string
		registry *Registry
		vars     map[string]string
		args     []string
		code     int
		out, err string
	}{
		{"stopped at once", nil, nil, []string{"--addr=127.0.0.1:0"}, 0, "", `"msg":"serving"`},
		{"version", nil, nil, []string{"--version"}, 0, "notes 1.0.0\n", ""},
		{"help", nil, nil, []string{"-h"}, 0, "--shutdown-timeout DURATION", ""},
		{"unknown flag", nil, nil, []string{"--adr"}, 2, "", "notes: unknown flag --adr: did you mean --addr?\n"},
		{"malformed variable", nil, map[string]string{"PORT": "x"}, nil, 2, "", `notes: PORT="x": has no port`},
		{"not allowed to listen", nil, nil, []string{"--addr=0.0.0.0:0"}, 1, "", `notes: config: address "0.0.0.0:0" (--addr, HOST, PORT) can be reached from other machines: set BASE_URL`},
		{"taken port", nil, nil, []string{"--addr", busy.Addr().String()}, 1, "", "is taken by another program"},
		{"several dependencies", lacking, nil, nil, 1, "", "notes: registry: dependency store is nil: give Registry a value for it; dependency clock is nil"},
		{"several mistakes of a plugin", unfit, nil, nil, 1, "", `notes: plugin "keys": entry 1 is empty; entry 2 is empty` + "\n"},
		{"plugin", broken, nil, []string{"--addr=127.0.0.1:0"}, 1, "", "notes: plugin 1 of the list is nil\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errOut := runMain(stopped, tt.registry, Config{Name: "notes", Version: "1.0.0"}, tt.vars, tt.args...)
			if tt.name == "taken port" && code == 0 {
				t.Fatal("a taken port was no error")
			}
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(errOut, tt.err) {
				t.Errorf("code %d\nout: %s\nerr: %s\nwant %d, %q, %q", code, out, errOut, tt.code, tt.out, tt.err)
			}
			if code != 0 && strings.Count(errOut, "\n") != 1 {
				t.Errorf("the failure is not one line: %q", errOut)
			}
		})
	}
}

// What user code prints must not get between the messages of a stdio server.
func TestStdioKeepsStandardOutputToItself(t *testing.T) {
	inR, inW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, stdout := os.Stdin, os.Stdout
	os.Stdin, os.Stdout = inR, outW
	defer func() { os.Stdin, os.Stdout = stdin, stdout }()

	var during *os.File
	r := NewRegistry()
	r.Use(func() []Plugin {
		return []Plugin{PluginFunc("p", func(h *Host) error {
			h.OnStart(func(context.Context) error { during = os.Stdout; return nil })
			return nil
		})}
	})
	inW.Close() // the end of the input ends the server
	code, _, errOut := runMain(t.Context(), r, Config{Name: "notes", Version: "1.0.0"}, nil, "--stdio")
	outW.Close()
	written, err := io.ReadAll(outR)
	if err != nil {
		t.Fatal(err)
	}
	if code != 0 || len(written) != 0 || errOut != "notes 1.0.0: 0 tools, 0 prompts, 0 resources\nstdio\n" {
		t.Errorf("code %d, stdout %q, stderr %q", code, written, errOut)
	}
	if during != os.Stderr || os.Stdout != outW {
		t.Error("standard output was not redirected while serving and put back afterwards")
	}
}
