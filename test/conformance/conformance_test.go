package conformance

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

var (
	rounds  = flag.Int("rounds", 1, "how often each revision is examined")
	repeats = flag.Int("repeats", 3, "how often the scenarios are run that lose messages now and then")
)

// revision is one run of the suite.
type revision struct {
	name string
	args []string
	// scored are the scenarios that count. unscored ones are run as well; they have to pass too, but for those of extensions
	// that the server does not offer.
	scored, unscored []string
}

// extension tells the scenarios of the tasks extension, which no server has to offer.
func extension(scenario string) bool { return strings.HasPrefix(scenario, "tasks-") }

func revisions(t *testing.T, s *suite) []revision {
	t.Helper()
	list := []revision{{
		name: "2025-06-18", args: []string{"--suite", "active", "--spec-version", "2025-06-18"},
		scored: s.scenarios(t, "2025-06-18"), // there is no frozen list
	}}
	for _, name := range []string{"2025-11-25", "2026-07-28"} {
		r := s.requirements(t, name)
		list = append(list, revision{
			name: name, args: []string{"--requirements", name},
			scored: r.scored, unscored: slices.DeleteFunc(r.unscored, extension),
		})
	}
	for i, want := range []struct{ scored, unscored int }{{27, 0}, {30, 3}, {37, 3}} {
		if got := list[i]; len(got.scored) != want.scored || len(got.unscored) != want.unscored {
			t.Fatalf("the suite has %d and %d scenarios for %s, want %d and %d: has the pinned version changed?",
				len(got.scored), len(got.unscored), got.name, want.scored, want.unscored)
		}
	}
	return list
}

// verdict counts the scenarios that have passed, and says what is wrong with the others.
func verdict(scenarios []string, got results) (passed int, failures []string) {
	for _, name := range scenarios {
		checks, ok := got[name]
		switch text := problem(checks); {
		case !ok:
			failures = append(failures, name+": it has left no result")
		case text != "":
			failures = append(failures, name+": "+text)
		default:
			passed++
		}
	}
	return passed, failures
}

// One process serves all revisions, one after the other, round after round.
func TestRevisions(t *testing.T) {
	s := newSuite(t)
	list := revisions(t, s)
	url := program.Serve(t, program.Build(t, filepath.Join(program.Repository(t), "examples", "conformance")))
	clean := map[string]int{} // rounds without a failure, by revision
	fmt.Fprintf(t.Output(), "%-6s %-12s %-8s %-9s %s\n", "round", "revision", "scored", "unscored", "time")
	for round := 1; round <= *rounds; round++ {
		for _, r := range list {
			start := time.Now()
			got, said, err := s.run(t.Context(), t.TempDir(), url, r.args...)
			if err != nil {
				t.Fatalf("round %d of %s: %v\n%s", round, r.name, err, said)
			}
			scored, failures := verdict(r.scored, got)
			unscored, more := verdict(r.unscored, got)
			for _, f := range append(failures, more...) {
				t.Errorf("round %d of %s: %s", round, r.name, f)
			}
			if failures == nil && more == nil {
				clean[r.name]++
			}
			fmt.Fprintf(t.Output(), "%-6d %-12s %-8s %-9s %.1fs\n", round, r.name,
				fmt.Sprintf("%d/%d", scored, len(r.scored)), fmt.Sprintf("%d/%d", unscored, len(r.unscored)), time.Since(start).Seconds())
		}
	}
	for _, r := range list {
		fmt.Fprintf(t.Output(), "%s: %d of %d rounds without a failure or warning\n", r.name, clean[r.name], *rounds)
	}
}

// A message that gets lost or comes late does so now and then: the scenarios that can see it are run many times, several at once.
func TestMessagesAreNotLost(t *testing.T) {
	s := newSuite(t)
	url := program.Serve(t, program.Build(t, filepath.Join(program.Repository(t), "examples", "conformance")))
	slots := make(chan struct{}, 8) // a run waits most of its time for its own idle connections
	for _, tt := range []struct{ scenario, revision string }{
		{"tools-call-with-progress", "2025-11-25"},
		{"tools-call-with-progress", "2026-07-28"},
		{"tools-call-with-logging", "2025-11-25"},
	} {
		t.Run(tt.scenario+"/"+tt.revision, func(t *testing.T) {
			t.Parallel()
			missed := many(t, slots, *repeats, func(dir string) error {
				got, said, err := s.run(t.Context(), dir, url, "--scenario", tt.scenario, "--spec-version", tt.revision)
				if err != nil {
					return fmt.Errorf("%w\n%s", err, said)
				}
				if _, failures := verdict([]string{tt.scenario}, got); failures != nil {
					return fmt.Errorf("%s\n%s", strings.Join(failures, "\n"), said)
				}
				return nil
			})
			for _, err := range missed {
				t.Error(err)
			}
			fmt.Fprintf(t.Output(), "%d of %d without a failure or warning\n", *repeats-len(missed), *repeats)
		})
	}
}

// many runs f several times, as many at once as there are slots, and returns what went wrong.
func many(t *testing.T, slots chan struct{}, times int, f func(dir string) error) []error {
	errs := make([]error, times)
	var wg sync.WaitGroup
	for i := range times {
		slots <- struct{}{}
		dir := t.TempDir()
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = f(dir)
		})
	}
	wg.Wait()
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}
