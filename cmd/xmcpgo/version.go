package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

// modulePath is the module of xmcpgo as go.mod files name it.
const modulePath = "github.com/xmcpgo/xmcpgo"

// versionInfo is what the go command recorded in the binary.
type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// readVersion looks at the binary itself. A build from a checkout without version control says "(devel)".
func readVersion() versionInfo {
	v := versionInfo{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Path == modulePath && info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (v versionInfo) String() string {
	s := "xmcpgo " + v.Version
	if v.Revision != "" {
		s += " revision " + v.Revision
		if v.Modified {
			s += " with changes"
		}
	}
	return fmt.Sprintf("%s %s %s/%s", s, v.Go, v.OS, v.Arch)
}

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
	c.run = func(_ context.Context, t *terminal, _ []string) error {
		v := readVersion()
		if !*asJSON {
			_, err := fmt.Fprintln(t.stdout, v)
			return err
		}
		enc := json.NewEncoder(t.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	return c
}
