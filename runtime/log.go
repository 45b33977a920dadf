package xmcp

import (
	"fmt"
	"io"
	"log/slog"
	"os"
)

// logFormats are the values of [Config.LogFormat].
var logFormats = []string{"", "text", "json"}

func newLogger(c Config) *slog.Logger {
	opts := &slog.HandlerOptions{Level: c.LogLevel}
	if c.plainLog() {
		return slog.New(slog.NewTextHandler(c.stderr, opts))
	}
	return slog.New(slog.NewJSONHandler(c.stderr, opts))
}

// plainLog tells whether the log is for people to read. Clients that start a stdio server show its standard error.
func (c Config) plainLog() bool {
	switch c.LogFormat {
	case "text":
		return true
	case "json":
		return false
	}
	return c.Stdio || isTerminal(c.stderr)
}

// isTerminal tells whether people may read what is written. The null device is a character device as terminals are.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// announce tells on standard error what is served and where: in words when the log is for people, else as a record, so
// that each line of a JSON log stays JSON.
func (s *Server) announce(where string) {
	tools, prompts, resources := s.life.tools, s.life.prompts, s.life.resources
	if s.cfg.ownLog && s.cfg.plainLog() {
		fmt.Fprintf(s.cfg.stderr, "%s %s: %s, %s, %s\n%s\n", s.cfg.Name, s.cfg.Version,
			count(tools, "tool"), count(prompts, "prompt"), count(resources, "resource"), where)
		return
	}
	s.log.Info("serving", "name", s.cfg.Name, "version", s.cfg.Version,
		"tools", tools, "prompts", prompts, "resources", resources, "at", where)
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
