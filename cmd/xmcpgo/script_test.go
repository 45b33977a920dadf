package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/modfile"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

var update = flag.Bool("update", false, "rewrite golden files and generated files of the templates")

// TestMain lets scripts run this test binary under the name of the command.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"xmcpgo":  checked,
		"browser": browser,
	})
}

// checked is main, where a server that is called has every message checked against the official schemas.
func checked() {
	http.DefaultTransport = wireschema.NewTransport(http.DefaultTransport, "/mcp", func(err error) {
		fmt.Fprintln(os.Stderr, "the server sent what the official schema does not allow:", err)
		os.Exit(99)
	})
	main()
}

// TestScripts runs testdata/script. Besides the usual commands a script has:
//
//	exits CODE PROGRAM [ARG...]           run a program to its end and check the exit code
//	inside                                make a folder inside the checkout, gone after the script, and set $INSIDE
//	serve [-interrupt] PROGRAM [ARG...]   start a server, wait for its URL and set $URL
//	start REGEXP PROGRAM [ARG...]         run a program in the background until its output matches, and set $URL to the last group
//	says REGEXP                           wait until the program in the background writes what matches, behind what the last says has found
//	shutdown                              ask the server to end, by the signal a terminal or a supervisor sends, and check its exit code
//	mcp [-stdio PROGRAM] list             print every tool, prompt, resource and template with its description
//	mcp [-stdio PROGRAM] call TOOL [JSON] call a tool; with "!" the call must fail as a tool error
//	mcp [-stdio PROGRAM] get PROMPT [JSON]
//	mcp [-stdio PROGRAM] read URI
//	age FILE...                           set the files' times into the past
//	aged FILE...                          check that nothing has written the files since age
//	freeport NAME                         set a variable to a port that nobody listens on
//	fillin FILE NAME=VALUE...             set variables in a .env file
//	backticked REGEXP FILE                print what stands between backticks in a file and matches
//	responds STATUS URL                   check the status of an initialize without credentials, and the challenge of a 401
//	[!] workflow FILE                     run the steps of a GitHub workflow
//	image FILE                            run the build stage of a Dockerfile, and set $ROOT to the folder that is its root
//	static FILE                           check that a program of this machine needs no library
//	modules N                             check that go.mod in the working directory requires at most N modules
func TestScripts(t *testing.T) {
	checkout, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Values[stateKey{}] = &scriptState{}
			env.Setenv("CHECKOUT", checkout)
			env.Setenv("NO_COLOR", "1")
			program, err := exec.LookPath("xmcpgo")
			if err != nil {
				return err
			}
			env.Setenv("XMCPGO", program)
			return passGoEnvironment(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"inside":   inside,
			"serve":    serve,
			"start":    start,
			"says":     says,
			"shutdown": stopServer,
			"mcp":      mcpClient,
			"age":      age,
			"aged":     aged,
			"modules":  modules,
			"static":   static,
			"responds": responds,
			"workflow": workflow,
			"image":    image,

			"backticked": backticked,
			"freeport":   freePort,
			"fillin":     fillIn,
		},
	})
}

// passGoEnvironment gives scripts the caches and the settings of the go command that the test itself has.
func passGoEnvironment(env *testscript.Env) error {
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		upper := strings.ToUpper(name)
		if strings.HasPrefix(upper, "GO") || strings.HasPrefix(upper, "SSL_CERT_") || strings.HasSuffix(upper, "_PROXY") {
			env.Setenv(name, value)
		}
	}
	env.Setenv("GOWORK", "")
	// Scripts have a home of their own, so what lies below the real one must be named.
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return fmt.Errorf("go env %s: %w", name, err)
		}
		env.Setenv(name, strings.TrimSpace(string(out)))
	}
	return nil
}

// scriptState is what the commands of one script share.
type scriptState struct{ server *server }

type stateKey struct{}

func state(ts *testscript.TestScript) *scriptState { return ts.Value(stateKey{}).(*scriptState) }

// command makes a process with the environment and the working directory of the script.
func (*scriptState) command(ts *testscript.TestScript, args []string) *exec.Cmd {
	program := args[0]
	if strings.ContainsAny(program, `/\`) {
		program = ts.MkAbs(program)
	}
	cmd := exec.Command(program, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	for _, name := range []string{"BROWSER", "HOME", "XDG_CONFIG_HOME", "GOCACHE", "GOMODCACHE", "GOPATH", "GOWORK", "HOST", "PORT"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

// age sets the times of files into the past, so that a write shows.
func age(ts *testscript.TestScript, neg bool, args []string) {
	for _, file := range args {
		ts.Check(os.Chtimes(ts.MkAbs(file), longAgo, longAgo))
	}
}

var longAgo = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

func aged(ts *testscript.TestScript, neg bool, args []string) {
	for _, file := range args {
		info, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if written := !info.ModTime().Equal(longAgo); written != neg {
			ts.Fatalf("%s: written since age: %v", file, written)
		}
	}
}

// modules bounds what an app makes people download and trust.
func modules(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: modules N")
	}
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	mod, err := modfile.Parse("go.mod", []byte(ts.ReadFile("go.mod")), nil)
	ts.Check(err)
	ts.Logf("%d modules", len(mod.Require))
	if n := len(mod.Require); n == 0 || n > most {
		ts.Fatalf("go.mod requires %d modules, want 1 to %d", n, most)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%v exits with %d, want %d", args[1:], got, want)
	}
}

func inside(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: inside")
	}
	cache := filepath.Join(ts.Getenv("CHECKOUT"), ".cache")
	ts.Check(os.MkdirAll(cache, 0o755))
	dir, err := os.MkdirTemp(cache, "script-")
	ts.Check(err)
	ts.Defer(func() { ts.Check(os.RemoveAll(dir)) })
	ts.Setenv("INSIDE", dir)
}
