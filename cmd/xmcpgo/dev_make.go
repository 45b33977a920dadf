package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// make turns the source into a program. When nothing but settings have changed, that is the one there is.
func (d *dev) make(ctx context.Context, changed []string) (string, error) {
	first := d.program == "" && len(changed) == 0
	for _, path := range changed {
		if filepath.Base(path) != ".env" {
			d.stale = true
		}
	}
	settings, err := readSettings(d.root, os.LookupEnv)
	if err != nil {
		return "", d.broken(err.Error(), nil)
	}
	d.mu.Lock()
	d.settings = settings
	d.mu.Unlock()
	if !d.stale && d.program != "" {
		return d.program, nil
	}
	progress := terminal.Start(d.t)
	d.report.during(progress)
	defer d.report.during(nil)
	if err := d.generate(ctx, progress, first); err != nil {
		return "", err
	}
	progress.Say("Building the app")
	program, sources, err := d.build(ctx)
	if err != nil {
		return "", err
	}
	if err := d.hostStandIn(sources, first); err != nil {
		return "", err
	}
	d.program, d.stale = program, false
	return program, nil
}

// generate writes the generated files.
func (d *dev) generate(ctx context.Context, progress *terminal.Progress, first bool) error {
	result, err := codegen.Generate(ctx, codegen.Config{Dir: d.root, Version: version.Read().Version, Progress: progress.Say})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && first:
		d.giveUp(generate.WithHint("dev", err)) // there is no app to wait for
		return err
	case err != nil:
		return d.broken(generate.WithHint("generate", err).Error(), nil)
	}
	if result.HasErrors() {
		return d.broken("the app has errors", result)
	}
	written, err := result.Commit()
	if err != nil {
		return d.broken(fmt.Sprintf("write the generated files: %v", err), nil)
	}
	d.report.generated(result)
	if first || len(written) > 0 {
		d.report.say(generate.Summary(result, written))
	}
	return nil
}

// build compiles the app, and finds out meanwhile what it is made of.
func (d *dev) build(ctx context.Context) (program string, sources *devloop.Sources, err error) {
	var all sync.WaitGroup
	all.Go(func() {
		if listed, err := d.app.List(ctx); err == nil { // else what was watched so far is watched on
			sources = listed
			d.watcher.Watch(d.watched(listed, workspace(ctx, d.app.Go, d.root)))
			if d.watcher.Full() {
				d.crowded.Do(func() {
					d.report.say(d.t.ErrColour.Yellow("xmcpgo: the app's module has more files than are watched: changes of some are not seen"))
				})
			}
		}
	})
	program, err = d.app.Build(ctx)
	all.Wait()
	var refused *devloop.CompileError
	switch {
	case errors.As(err, &refused):
		err = d.report.compiled(refused)
	case err == nil:
		err = d.report.compiled(nil)
	case ctx.Err() == nil:
		err = d.broken(err.Error(), nil)
	}
	return program, sources, err
}

// broken is source that cannot be run, after the person was told why.
func (d *dev) broken(reason string, result *codegen.Result) error {
	if result == nil {
		d.report.trouble(reason)
		return &devloop.Broken{Reason: reason}
	}
	return &devloop.Broken{Reason: reason, Details: d.report.generated(result)}
}

// hostStandIn hosts a stand-in for sign-in as soon as a build needs it. It stays until dev ends.
func (d *dev) hostStandIn(sources *devloop.Sources, first bool) error {
	if d.standIn != nil || sources == nil || d.settings.get(envEnvironmentURL) != "" || !sources.Has(scalekitPackage) {
		return nil
	}
	needs := readNeeds(filepath.Join(d.root, "src"))
	s, err := hostStandIn(d.authPort, "--auth-port", seed(d.settings.serverURL(d.addr), filepath.Base(d.root), needs.scopes, needs.permissions))
	if err != nil {
		if first {
			d.giveUp(fmt.Errorf("dev: %w", err))
			return err
		}
		return d.broken(err.Error(), nil)
	}
	d.mu.Lock()
	d.standIn = s
	d.mu.Unlock()
	go func() {
		if err := <-s.failed; err != nil {
			d.giveUp(err)
		}
	}()
	d.report.say(fmt.Sprintf("\nThis app signs in with Scalekit, and %s is not set.", envEnvironmentURL))
	d.report.with(func() {
		s.announce(d.t)
		fmt.Fprintln(d.t.Stderr)
	})
	return nil
}

// tell follows the loop.
func (d *dev) tell(e devloop.Event) {
	var broken *devloop.Broken
	var ended *devloop.EndedError
	d.mu.Lock()
	switch e.Kind {
	case devloop.Serving:
		d.status.Build, d.status.Serving, d.status.Problems = e.Build, true, nil
	case devloop.Failed:
		d.status.Problems = []string{e.Err.Error()}
		if errors.As(e.Err, &broken) && len(broken.Details) > 0 {
			d.status.Problems = broken.Details
		}
	case devloop.Ended:
		d.status.Serving, d.status.Problems = false, []string{e.Err.Error()}
		if errors.As(e.Err, &ended) && ended.LastLine != "" {
			d.status.Problems[0] += ": " + ended.LastLine
		}
	}
	serving := d.status.Serving
	d.mu.Unlock()
	// Who has mended a database, and not a file, saves a file as it is.
	if e.Kind != devloop.Cut {
		d.watcher.EverySave(e.Kind != devloop.Serving)
	}
	d.report.event(e, serving)
	if e.Kind == devloop.Serving && e.Build == 1 {
		d.commands(d.t)
	}
}
