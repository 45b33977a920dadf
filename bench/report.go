package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report collects what the page shows.
type report struct {
	machine, versions, how, load, loadAfter string
	rows                                    []*measured
	notes                                   []string
}

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// markdown is the table of the page.
func (r *report) markdown() string {
	var b strings.Builder
	by := slices.DeleteFunc([]string{r.machine, r.versions, r.how}, func(s string) bool { return s == "" })
	fmt.Fprintf(&b, "Measured on %s: %s. Load average of the machine before and after: %s, %s.\n\n",
		time.Now().UTC().Format("2006-01-02"), strings.Join(by, "; "), r.load, r.loadAfter)
	if len(r.rows) > 0 {
		b.WriteString("| request | revision | ratio (min–max) | must, aim | by processor time | µs, floor's µs | p50, p99 | p99 at half load, floor's (must 1.5×) | allocations above the floor, must |\n")
		b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	}
	for _, m := range r.rows {
		fmt.Fprintf(&b, "| %s | %s | %v | %.2f, %.2f | %.2f | %.1f, %.1f | %s, %s | %s, %s (%.1f×) | %.0f, %d |\n", m.row.name, m.row.version,
			ratio(m.ours, m.bare), m.row.must, m.row.aim, cpuRatio(m.ours, m.bare).median,
			spreadOf(m.ours.cpu).median, spreadOf(m.bare.cpu).median, short(middle(m.ours.p50)), short(middle(m.ours.p99)),
			short(bestQuarter(m.ours.half)), short(bestQuarter(m.bare.half)), m.tail(), m.ours.allocs-m.bare.allocs, m.row.allocs)
		for _, p := range m.peers {
			fmt.Fprintf(&b, "| with %s | %s | %v | | %.2f | %.1f | %s, %s | | %.0f |\n", p.name, m.row.version, ratio(p, m.bare),
				cpuRatio(p, m.bare).median, spreadOf(p.cpu).median, short(middle(p.p50)), short(middle(p.p99)), p.allocs-m.bare.allocs)
		}
	}
	for _, n := range r.notes {
		b.WriteString("\n- " + n)
	}
	return strings.TrimSpace(b.String())
}

func short(d time.Duration) string {
	if d >= time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%d µs", d.Microseconds())
}

// The lines of a page between which the table stands.
const (
	tableBegin = "<!-- written by make bench -->"
	tableEnd   = "<!-- end of what make bench writes -->"
)

func writeInto(page, text string) error {
	b, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(b, []byte(tableBegin))
	_, after, closed := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !closed {
		return errors.New(page + " has no place for the table")
	}
	out := append([]byte{}, before...)
	out = append(out, tableBegin+"\n\n"+text+"\n\n"+tableEnd...)
	return os.WriteFile(page, append(out, after...), 0o644)
}

// describeMachine names the processor and the system.
func describeMachine() string {
	cpu := runtime.GOARCH
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(model)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s", cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

// loadAverage is how busy the machine was in the last minute.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return one
}
