// Command bench measures what a call through xmcpgo costs above the HTTP request that carries it.
//
//	go run .                                  # everything; ten minutes
//	go run . -rows 'call' -rounds 3 -peers=false
//	go run . -write ../docs/performance.md    # puts the table into the page, where everything was measured
//
// It builds an app as a user has it, a bare net/http handler that reads the same bodies and writes the same bytes (the floor),
// and servers made with mcp-go and go-sdk. Each runs on one core, the load generator on another one; rounds of all
// are interleaved, so that what else the machine does hits all alike. A ratio is that of two neighbouring rounds.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
)

// options are the flags.
type options struct {
	rounds             int
	round, warmup      time.Duration
	conns              int
	rows               *regexp.Regexp
	peers, skipBuild   bool
	starts             int
	calls, streams     int64
	write, profile     string
	gogc               string
	serverCPU, loadCPU string
	special            bool // not all is measured that the page shows, or not in the way that it says
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) == 1 && args[0] == "load" {
		return generateLoad(ctx, stdin, stdout)
	}
	o, err := parse(args)
	if err != nil {
		return err
	}
	h, err := newHarness(ctx, o, stdout)
	if err != nil {
		return err
	}
	defer h.close()
	if o.profile != "" {
		return h.profileRows(ctx)
	}
	return h.measure(ctx)
}

// parse reads the flags.
func parse(args []string) (o options, err error) {
	var rows string
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.IntVar(&o.rounds, "rounds", 7, "rounds of each server")
	fs.DurationVar(&o.round, "time", 1500*time.Millisecond, "length of a round")
	fs.DurationVar(&o.warmup, "warmup", 200*time.Millisecond, "what is not measured at the start of a round")
	fs.IntVar(&o.conns, "conns", 16, "connections")
	fs.StringVar(&rows, "rows", ".", "`pattern` of the rows to measure")
	fs.BoolVar(&o.peers, "peers", true, "measure mcp-go and go-sdk too")
	fs.BoolVar(&o.skipBuild, "skip-build", false, "measure what was built before")
	fs.IntVar(&o.starts, "starts", 40, "starts of each server")
	fs.Int64Var(&o.calls, "calls", 1_000_000, "calls before memory is looked at")
	fs.Int64Var(&o.streams, "streams", 1000, "open streams to divide memory by")
	fs.StringVar(&o.write, "write", "", "`page` to write the table into")
	fs.StringVar(&o.profile, "profile", "", "`folder` to write a CPU profile of each row into, in place of measuring")
	fs.StringVar(&o.gogc, "gogc", "", "GOGC of our servers alone, such as off, to see what the garbage collector costs")
	fs.StringVar(&o.serverCPU, "server-cpu", "0", "`core` of the servers")
	fs.StringVar(&o.loadCPU, "load-cpu", "1", "`core` of the load generator")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if o.rows, err = regexp.Compile(rows); err != nil {
		return o, err
	}
	if o.rounds < 1 || o.conns < 1 || o.starts < 1 || o.streams < 1 || fs.NArg() > 0 {
		return o, errors.New("usage: bench [flags]")
	}
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "rows", "peers", "skip-build", "conns", "calls", "gogc":
			o.special = o.special || f.Value.String() != f.DefValue
		}
	})
	return o, nil
}

// generateLoad is the load generator, which runs in a process of its own so that it can be kept on a core.
func generateLoad(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	var p load.Plan
	if err := json.NewDecoder(stdin).Decode(&p); err != nil {
		return err
	}
	res, err := load.Run(ctx, p)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(res)
}
