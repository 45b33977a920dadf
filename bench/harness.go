package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// harness holds what the measurements share.
type harness struct {
	options
	out      io.Writer
	dir, bin string // the module, and the folder of the built programs
	tmp      string
	servers  map[string]*server
	issuer   *issuer
	realtime bool // whether tails can be measured before all other programs
}

func newHarness(ctx context.Context, o options, out io.Writer) (*harness, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "servers", "ours")); err != nil {
		return nil, errors.New("run it in the folder bench")
	}
	h := &harness{options: o, out: out, dir: dir, bin: filepath.Join(dir, "build", "bin"), servers: map[string]*server{}, realtime: canRealtime(ctx)}
	if h.tmp, err = os.MkdirTemp("", "bench"); err != nil {
		return nil, err
	}
	if !h.skipBuild {
		fmt.Fprintln(out, "building …")
		if err := h.build(ctx); err != nil {
			h.close()
			return nil, err
		}
	}
	if h.issuer, err = newIssuer(); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *harness) close() {
	for _, s := range h.servers {
		s.stop()
	}
	if h.issuer != nil {
		_ = h.issuer.web.Close()
	}
	_ = os.RemoveAll(h.tmp)
}

// programs says which program serves under a name and in which environment.
func (h *harness) programs(name string) (program string, env []string) {
	switch name {
	case "ours":
	case "signed":
		name, env = "ours", []string{"BENCH_SCALEKIT=" + h.issuer.url}
	default:
		return name, nil
	}
	if h.gogc != "" {
		env = append(env, "GOGC="+h.gogc)
	}
	return name, env
}

// server returns a running server; it is started when it is first asked for.
func (h *harness) server(ctx context.Context, name string) (*server, error) {
	if s := h.servers[name]; s != nil {
		return s, nil
	}
	program, env := h.programs(name)
	s, err := h.start(ctx, program, env)
	if err != nil {
		return nil, err
	}
	h.servers[name] = s
	return s, nil
}

// bare starts the floor for an answer.
func (h *harness) bare(ctx context.Context, answer []byte) (*server, error) {
	file := filepath.Join(h.tmp, "answer")
	if err := os.WriteFile(file, answer, 0o600); err != nil {
		return nil, err
	}
	return h.start(ctx, "bare", nil, "-answer", file)
}

// measure makes all measurements and reports them.
func (h *harness) measure(ctx context.Context) error {
	r := &report{machine: describeMachine(), how: h.how(), load: loadAverage()}
	for i := range rows {
		row := &rows[i]
		if !h.rows.MatchString(row.name + " " + row.version) {
			continue
		}
		m, err := h.measureRow(ctx, row)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", row.name, row.version, err)
		}
		r.rows = append(r.rows, m)
		fmt.Fprintln(h.out, m)
	}
	for _, extra := range []struct {
		name    string
		measure func(context.Context, *report) error
	}{{"first-seen tokens", h.measureCold}, {"memory", h.measureMemory}, {"streams", h.measureStreams}, {"start", h.measureStart}} {
		if !h.rows.MatchString(extra.name) {
			continue
		}
		if err := extra.measure(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", extra.name, err)
		}
		fmt.Fprintln(h.out, strings.Join(r.notes[len(r.notes)-1:], ""))
	}
	r.versions, r.loadAfter = h.versions(), loadAverage()
	text := r.markdown()
	fmt.Fprintln(h.out, "\n"+text)
	return h.publish(text)
}

// publish puts the table into the page. Some rows alone would take the place of all others, and what was measured otherwise than the page
// says does not belong there.
func (h *harness) publish(text string) error {
	switch {
	case h.write == "":
		return nil
	case h.special:
		fmt.Fprintf(h.out, "\n%s stays as it is: it shows a run of everything, as this was not.\n", h.write)
		return nil
	}
	return writeInto(h.write, text)
}

// how says in which way all is measured.
func (h *harness) how() string {
	tails := "tails before all other programs"
	if !h.realtime {
		tails = "tails beside all other programs"
	}
	return fmt.Sprintf("%d connections, %d rounds of %v, %s", h.conns, h.rounds, h.round, tails)
}

func (h *harness) versions() string {
	found := map[string]string{}
	for _, s := range h.servers {
		st, err := s.stats(false)
		if err != nil {
			continue
		}
		found["go"] = st.Go
		for _, path := range []string{"github.com/mark3labs/mcp-go", "github.com/modelcontextprotocol/go-sdk"} {
			if v := st.Modules[path]; v != "" {
				found[filepath.Base(path)] = v
			}
		}
	}
	var list []string
	for _, name := range []string{"go", "mcp-go", "go-sdk"} {
		if v := found[name]; v != "" {
			list = append(list, strings.TrimPrefix(name+" "+v, "go "))
		}
	}
	return strings.Join(list, ", ")
}
