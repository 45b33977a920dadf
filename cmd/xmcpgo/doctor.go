package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func doctorCommand() *command {
	c := &command{
		name:    "doctor",
		usage:   "[flags] [DIR]",
		short:   "check an app's sign-in against its Scalekit environment",
		maxArgs: 1,
		long: `Checks the settings of the app that DIR lies in (its .env file and the environment) against its Scalekit environment: the
metadata, the keys, the id of the MCP server, its Server URL, the clock, and with ` + envClientID + ` and
` + envClientSecret + ` the record in the dashboard. A server that runs already is asked as well. For each of the usual
symptoms it names the variable and what to do. It changes nothing, and prints no secret.`,
		examples: `xmcpgo doctor
xmcpgo doctor --json ./my-app`,
		exits: "0 nothing is wrong, 1 something is, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("doctor", flag.ContinueOnError),
	}
	asJSON := c.flags.Bool("json", false, "print one JSON object")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		app, err := codegen.Find(dir)
		if err != nil {
			return generate.WithHint("doctor", err)
		}
		settings, err := readSettings(app.Root, os.LookupEnv)
		if err != nil {
			return fmt.Errorf("doctor: %w", err)
		}
		progress := terminal.Start(t)
		progress.Say("Examining")
		r := examine(ctx, app.Root, settings)
		progress.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if *asJSON {
			err = writeJSON(t, r)
		} else {
			err = r.write(t)
		}
		if err == nil && !r.OK {
			err = errFound
		}
		return err
	}
	return c
}

// The symptoms that people have. A finding names those that it explains.
const (
	symptomRefused = "401 on every tool call"
	symptomSession = `"Session not initialized"`
	symptomToken   = "token validation fails"
	symptomScreen  = "the sign-in screen is empty"
)

// States of a finding.
const (
	stateOK      = "ok"
	stateProblem = "problem"
	stateNote    = "note"
)

// finding is the outcome of one check.
type finding struct {
	Check    string   `json:"check"`
	State    string   `json:"state"`
	Message  string   `json:"message"`
	Variable string   `json:"variable,omitempty"`
	Fix      string   `json:"fix,omitempty"`
	Explains []string `json:"explains,omitempty"`
}

// symptom is one of the usual complaints with its answer.
type symptom struct {
	Symptom  string `json:"symptom"`
	Variable string `json:"variable"`
	Fix      string `json:"fix"`
	// Found tells whether a finding explains it; else the fix is what remains to look at.
	Found bool `json:"found"`
}

// report is what doctor says.
type report struct {
	OK        bool      `json:"ok"`
	ServerURL string    `json:"serverURL"`
	Findings  []finding `json:"findings"`
	Symptoms  []symptom `json:"symptoms"`
}

func (r *report) add(f finding) { r.Findings = append(r.Findings, f) }
func (r *report) ok(check, message string) {
	r.add(finding{Check: check, State: stateOK, Message: message})
}
func (r *report) note(check, message, variable, fix string) {
	r.add(finding{Check: check, State: stateNote, Message: message, Variable: variable, Fix: fix})
}
func (r *report) problem(check, message, variable, fix string, explains ...string) {
	r.add(finding{check, stateProblem, message, variable, fix, explains})
}

// conclude answers each symptom: by the problem that explains it, or by what cannot be seen from here.
func (r *report) conclude() {
	r.OK = !slices.ContainsFunc(r.Findings, func(f finding) bool { return f.State == stateProblem })
	unseen := []symptom{
		{Symptom: symptomRefused, Variable: envResourceID + ", " + envResourceURL,
			Fix: "nothing here explains it; the server's log says why a token was refused; compare the Server URL in the dashboard with " + r.ServerURL},
		{Symptom: symptomSession, Variable: "src/middleware.go",
			Fix: "nothing here explains it; a tool asks for the session where nobody signed in: on standard input and output, or in a goroutine without the call's context"},
		{Symptom: symptomToken, Variable: envEnvironmentURL + ", " + envBaseURL,
			Fix: "nothing here explains it; both must be as in the dashboard, letter by letter; clients that signed in before a change sign in again"},
		{Symptom: symptomScreen, Variable: "none: it is in the dashboard",
			Fix: "enable an authentication method for the environment in the Scalekit dashboard, under Authentication; only the page itself shows whether there is one"},
	}
	for _, s := range unseen {
		for _, f := range r.Findings {
			if f.State == stateProblem && slices.Contains(f.Explains, s.Symptom) {
				s.Variable, s.Fix, s.Found = f.Variable, f.Fix, true
				break
			}
		}
		r.Symptoms = append(r.Symptoms, s)
	}
}

func (r *report) write(t *terminal.Terminal) error {
	var b strings.Builder
	colour := t.OutColour
	marks := map[string]string{stateOK: colour.Green("ok     "), stateProblem: colour.Red("problem"), stateNote: colour.Yellow("note   ")}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s: %s\n", marks[f.State], colour.Bold(f.Check), printable(f.Message))
		if f.Fix != "" {
			fmt.Fprintf(&b, "        %s: %s\n", f.Variable, printable(f.Fix))
		}
	}
	fmt.Fprintf(&b, "\nThe Server URL to register in the dashboard: %s\n\nIf you see\n", colour.Bold(r.ServerURL))
	for _, s := range r.Symptoms {
		fmt.Fprintf(&b, "  %s\n      %s: %s\n", colour.Bold(s.Symptom), s.Variable, printable(s.Fix))
	}
	_, err := fmt.Fprint(t.Stdout, b.String())
	return err
}
