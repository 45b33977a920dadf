package load

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const (
	// patience is how long a load may take before anybody asks why: with a warm build cache it is over by then.
	patience = 300 * time.Millisecond
	// manyStale packages to compile take longer than to read all dependencies from source.
	manyStale = 20
)

// load loads from export data, and from source when it turns out that most of the export data would have to be made first.
func (r *request) load(ctx context.Context) ([]*Loaded, error) {
	type outcome struct {
		loaded []*Loaded
		err    error
	}
	exportCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		loaded, err := r.packages(exportCtx, r.flags, r.patterns)
		done <- outcome{loaded, err}
	}()
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case o := <-done:
		return o.loaded, o.err
	case <-wait.C:
	}
	s, err := r.survey(ctx)
	if err != nil || s.stale < manyStale { // what the survey fails on, the load fails on as well, and knows better why
		o := <-done
		return o.loaded, o.err
	}
	cancel()
	<-done
	return r.loadSource(ctx, s)
}

// loadSource reads the types of dependencies from source. That go/packages does so by itself for packages without export data,
// functions' bodies left out, is what it has for packages that do not compile. The module's own packages are read like those of
// src, bodies and all, since no compiler reports their errors.
func (r *request) loadSource(ctx context.Context, s survey) ([]*Loaded, error) {
	return r.packages(ctx, append(slices.Clip(r.flags), "-export=false"), append(slices.Clip(r.patterns), s.own...))
}

// survey is what the go command knows of the packages that an app needs before it compiles any.
type survey struct {
	stale int      // packages of others whose export data is not in the build cache
	own   []string // packages of the module outside of src
}

func (r *request) survey(ctx context.Context) (survey, error) {
	var s survey
	if len(r.patterns) == 0 {
		return s, nil
	}
	args := append([]string{"list", "-e", "-deps", "-pgo=off", "-buildvcs=false", "-f", "{{.ImportPath}} {{.Stale}}"}, r.flags...)
	cmd := exec.CommandContext(ctx, "go", append(append(args, "--"), r.patterns...)...)
	cmd.Dir, cmd.Env = r.apps[0].Root, r.env
	out, err := cmd.Output()
	if err != nil {
		return s, fmt.Errorf("survey the packages: %w", err)
	}
	src := map[string]bool{}
	for _, folders := range r.folders {
		for _, f := range folders {
			src[f.ImportPath] = true
		}
	}
	for line := range bytes.Lines(out) {
		path, stale, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		switch {
		case src[path]:
		case r.apps[0].InModule(path):
			s.own = append(s.own, path)
		case stale == "true":
			s.stale++
		}
	}
	return s, nil
}
