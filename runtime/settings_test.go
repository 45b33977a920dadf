package xmcp

import (
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// fakeEnvironment is an environment with the given variables and .env file ("-" means none).
func fakeEnvironment(vars map[string]string, dotenv string) (environment, map[string]string) {
	all := map[string]string{}
	for k, v := range vars {
		all[k] = v
	}
	return environment{
		lookup: func(name string) (string, bool) { v, ok := all[name]; return v, ok },
		set:    func(name, value string) error { all[name] = value; return nil },
		names:  func() []string { return sortedKeys(all) },
		read: func(string) ([]byte, error) {
			if dotenv == "-" {
				return nil, fs.ErrNotExist
			}
			return []byte(dotenv), nil
		},
	}, all
}

// configure does what Main does with arguments and environment.
func configure(cfg Config, vars map[string]string, dotenv string, args ...string) (Config, error) {
	env, _ := fakeEnvironment(vars, dotenv)
	table := settings()
	flags, err := parseFlags(args, table)
	if err == nil {
		err = env.loadDotenv(dotenvPath)
	}
	if err == nil {
		err = flags.apply(&cfg, env, table)
	}
	return cfg, err
}

func TestPrecedence(t *testing.T) {
	code := Config{Addr: "localhost:1", Endpoint: "/code", LogLevel: slog.LevelError}
	tests := []struct {
		name   string
		vars   map[string]string
		dotenv string
		args   []string
		want   string // address endpoint level
	}{
		{"code alone", nil, "-", nil, "localhost:1 /code ERROR"},
		{".env over code", nil, "PORT=2\nXMCP_ENDPOINT=/dotenv\n", nil, "localhost:2 /dotenv ERROR"},
		{"environment over .env", map[string]string{"PORT": "3"}, "PORT=2\nXMCP_ENDPOINT=/dotenv\n", nil, "localhost:3 /dotenv ERROR"},
		{"flag over environment", map[string]string{"PORT": "3", "HOST": "h", "XMCP_ENDPOINT": "/env"}, "PORT=2", []string{"--addr", "127.0.0.1:4", "--endpoint=/flag"}, "127.0.0.1:4 /flag ERROR"},
		{"host keeps the port", map[string]string{"HOST": "::1"}, "-", nil, "[::1]:1 /code ERROR"},
		{"empty variable counts as absent", map[string]string{"PORT": "", "XMCP_LOG_LEVEL": "debug"}, "PORT=2", nil, "localhost:1 /code DEBUG"},
		{"the last flag wins", nil, "-", []string{"--endpoint", "/a", "-endpoint", "/b"}, "localhost:1 /b ERROR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := configure(code, tt.vars, tt.dotenv, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			if got := cfg.Addr + " " + cfg.Endpoint + " " + cfg.LogLevel.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestEverySettingWorksByFlagAndByVariable(t *testing.T) {
	values := map[string]string{
		"addr": "localhost:9", "HOST": "127.0.0.9", "PORT": "99", "endpoint": "/e", "stdio": "true", "base-url": "https://b.example",
		"allowed-hosts": "a, b:1,,", "allowed-origins": "https://o.example", "log-level": "WARN", "log-format": "json",
		"mask-errors": "yes", "no-pages": "on", "public-catalog": "true", "audit-log": "audit.jsonl", "shutdown-timeout": "3s", "XMCP_KEY": "0123456789abcdef",
	}
	want := Config{
		Addr: "localhost:9", Endpoint: "/e", Stdio: true, BaseURL: "https://b.example", AllowedHosts: []string{"a", "b:1"},
		AllowedOrigins: []string{"https://o.example"}, LogLevel: slog.LevelWarn, LogFormat: "json", MaskErrors: true, NoPages: true, PublicCatalog: true, AuditLog: "audit.jsonl", ShutdownTimeout: 3 * time.Second,
	}
	vars, args := map[string]string{}, []string{}
	for _, s := range settings() {
		if s.flag != "" {
			args = append(args, "--"+s.flag+"="+values[s.flag])
		}
		if s.env != "" {
			vars[s.env] = values[s.flag]
			if s.flag == "" {
				vars[s.env] = values[s.env]
			}
		}
	}
	byFlag, err := configure(Config{}, nil, "-", args...)
	if err != nil {
		t.Fatal(err)
	}
	byVariable, err := configure(Config{}, vars, "-")
	if err != nil {
		t.Fatal(err)
	}
	opts := cmpopts.IgnoreUnexported(Config{})
	if diff := cmp.Diff(want, byFlag, opts); diff != "" {
		t.Errorf("by flag (-want +got):\n%s", diff)
	}
	want.Addr, want.Key = "127.0.0.9:99", []byte("0123456789abcdef")
	if diff := cmp.Diff(want, byVariable, opts); diff != "" {
		t.Errorf("by variable (-want +got):\n%s", diff)
	}
}

func TestMistakesFailInOneLineThatNamesThem(t *testing.T) {
	tests := []struct {
		name   string
		vars   map[string]string
		dotenv string
		args   []string
		want   string
	}{
		{"unknown flag", nil, "-", []string{"--port=1"}, "unknown flag --port (see --help)"},
		{"misspelt flag", nil, "-", []string{"--endpont", "/x"}, "unknown flag --endpont: did you mean --endpoint?"},
		{"misspelt help", nil, "-", []string{"--hlep"}, "unknown flag --hlep: did you mean --help?"},
		{"argument", nil, "-", []string{"serve"}, `unexpected argument "serve": only flags are accepted (see --help)`},
		{"dashes", nil, "-", []string{"--"}, `unexpected argument "--": only flags are accepted (see --help)`},
		{"value missing", nil, "-", []string{"--addr"}, "flag --addr needs a value: --addr HOST:PORT"},
		{"bad port", map[string]string{"PORT": "http"}, "-", nil, `PORT="http": has no port from 0 to 65535`},
		{"port with a sign", map[string]string{"PORT": "+80"}, "-", nil, `PORT="+80": has no port from 0 to 65535`},
		{"bad port in .env", nil, "PORT=99999", nil, `PORT="99999": has no port from 0 to 65535`},
		{"bad host", map[string]string{"HOST": "http://x"}, "-", nil, `HOST="http://x": is not a host name or address`},
		{"bad address", nil, "-", []string{"--addr", "3001"}, `--addr="3001": is not host:port, such as 127.0.0.1:3001`},
		{"bad switch", nil, "-", []string{"--stdio=maybe"}, `--stdio="maybe": is neither true nor false`},
		{"bad level", map[string]string{"XMCP_LOG_LEVEL": "loud"}, "-", nil, `XMCP_LOG_LEVEL="loud": is none of debug, info, warn and error`},
		{"bad format", nil, "-", []string{"--log-format", "xml"}, `--log-format="xml": is none of text and json`},
		{"bad duration", nil, "-", []string{"--shutdown-timeout", "10"}, `--shutdown-timeout="10": is not a duration above zero, such as 10s`},
		{"bad host list", map[string]string{"ALLOWED_HOSTS": "a,b c"}, "-", nil, `ALLOWED_HOSTS="a,b c": has the entry "b c", which is not a name, name:port, *.domain or *`},
		{"bad origin list", nil, "-", []string{"--allowed-origins", "app"}, `--allowed-origins="app": has the entry "app", which is not like https://app.example.com`},
		{"short key", map[string]string{"XMCP_KEY": "hunter2"}, "-", nil, "XMCP_KEY is shorter than 16 bytes"},
		{"misspelt variable", map[string]string{"XMCP_MASKERRORS": "hunter2"}, "-", nil, "unknown variable XMCP_MASKERRORS: did you mean XMCP_MASK_ERRORS?"},
		{"misspelt variable in .env", nil, "XMCP_LOGLEVEL=debug", nil, "unknown variable XMCP_LOGLEVEL: did you mean XMCP_LOG_LEVEL?"},
		{"misspelt empty variable", map[string]string{"XMCP_KEI": ""}, "-", nil, "unknown variable XMCP_KEI: did you mean XMCP_KEY?"},
		{"broken .env", nil, "A=1\nTOKEN hunter2\nB=2\n", nil, ".env:2: not a line of the form NAME=value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := configure(Config{}, tt.vars, tt.dotenv, tt.args...)
			if err == nil || err.Error() != tt.want {
				t.Fatalf("error %v, want %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("a secret is in the message")
			}
		})
	}
}

// What an orchestrator tells of a service that is called xmcp, and what is an app's own, is left alone.
func TestVariablesOfOthers(t *testing.T) {
	for _, name := range []string{
		"XMCP_PORT", "XMCP_SERVICE_HOST", "XMCP_SERVICE_PORT", "XMCP_SERVICE_PORT_HTTP", "XMCP_PORT_3001_TCP", "XMCP_PORT_3001_TCP_ADDR", "XMCP_PORT_3001_TCP_PROTO",
		"XMCP_HOST", "XMCP_HOME", "XMCP_VERSION", "XMCP_ENV", "XMCP_URL", "XMCP_API", "XMCP_DB", "XMCP_DATABASE_URL", "XMCP_SOAK", "XMCP_UPDATE_GOLDEN", envUnderDev, "XMCPGO_KEY", "LOGLEVEL", "ALLOWED_HOST",
	} {
		if _, err := configure(Config{}, map[string]string{name: "tcp://10.0.0.1:3001"}, "-"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDotenvReachesTheProcessButNeverOverrides(t *testing.T) {
	env, all := fakeEnvironment(map[string]string{"SET": "outside", "EMPTY": ""}, "SET=inside\nEMPTY=inside\nexport NEW='a b' # why\n# comment\n")
	if err := env.loadDotenv(".env"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"SET": "outside", "EMPTY": "", "NEW": "a b"}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}

func TestHelpNamesEveryFlagAndVariable(t *testing.T) {
	var b strings.Builder
	cfg, err := Config{Name: "notes"}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	writeHelp(&b, "notes", cfg, settings())
	help := b.String()
	for _, s := range settings() {
		if s.flag != "" && !strings.Contains(help, "--"+s.flag) || s.env != "" && !strings.Contains(help, s.env) {
			t.Errorf("%s %s is missing in\n%s", s.flag, s.env, help)
		}
	}
	for _, part := range []string{"notes serves MCP", "default 127.0.0.1:3001", "default /mcp", "default 10s", "Examples:"} {
		if !strings.Contains(help, part) {
			t.Errorf("%q is missing in\n%s", part, help)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"addr", "endpoint", "stdio", "log-level"}
	for given, want := range map[string]string{"adr": "addr", "stido": "stdio", "loglevel": "log-level", "zzzzz": "", "": "", "Endpoint": "endpoint"} {
		if got := nearest(given, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", given, got, want)
		}
	}
}

func FuzzParseFlags(f *testing.F) {
	f.Add("--addr=:1 --stdio")
	f.Add("--endpoint /x -h")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Fields(line)
		p, err := parseFlags(args, settings())
		if err == nil && !p.help && !p.version && len(p.values) == 0 && len(args) > 0 {
			t.Errorf("arguments %q had no effect and no error", slices.Clone(args))
		}
	})
}

// A URL may bring a password along, which messages leave out.
func TestMistakesDoNotShowPasswords(t *testing.T) {
	for _, args := range [][]string{
		{"--base-url", "ftp://me:hunter2@host"},
		{"--base-url=https://me:hunter2@host"},
		{"--base-url", "https://me:hunt er2@host:x"},
		{"--allowed-origins", "https://me:hunter2@host/path"},
		{"--endpoint", "https://me:hunter2@host"},
	} {
		_, err := configure(Config{}, nil, "-", args...)
		if err == nil || strings.Contains(err.Error(), "hunt") || !strings.Contains(err.Error(), "@host") {
			t.Errorf("%q: %v", args, err)
		}
	}
	if _, err := New(NewRegistry(), Config{BaseURL: "ftp://me:hunter2@host"}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("New: %v", err)
	}
}
