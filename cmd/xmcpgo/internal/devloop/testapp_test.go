package devloop

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/journal"
)

// output is what a process writes.
type output struct{ journal.Journal }

// log is for apps whose logs are not told apart.
func (o *output) log() io.WriteCloser { return openLog{o} }

type openLog struct{ io.Writer }

func (openLog) Close() error { return nil }

// wait waits until the output has a text.
func (o *output) wait(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(o.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the output has no %q:\n%s", text, o)
		}
	}
}

// What the test binary is when it is told so: the parent of an app, to be killed, or a build of an app.
const (
	envParentOf = "DEVLOOP_TEST_PARENT_OF"
	envBuild    = "DEVLOOP_TEST_BUILD"
)

func TestMain(m *testing.M) {
	switch program, build := os.Getenv(envParentOf), os.Getenv(envBuild); {
	case program != "":
		if _, err := (&App{Stdout: os.Stdout, Log: func() io.WriteCloser { return os.Stderr }}).Start(program, os.Environ()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		select {}
	case build != "":
		os.Exit(runBuild(build))
	}
	os.Exit(m.Run())
}

// runBuild is a build of an app: a name and, behind it, how it misbehaves.
//
//	/slow   begins an answer, and ends it when a file of the name "release" is there
//	/crash  ends the process
//	/pid    is its process id
func runBuild(build string) int {
	name, fault, _ := strings.Cut(build, " ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch fault {
	case "ends":
		fmt.Fprintln(os.Stderr, "there is no database")
		return 3
	case "hangs":
		<-ctx.Done()
		return 0
	case "deaf":
		ctx = context.Background()
	default:
		ended, cancel := context.WithCancel(ctx)
		ctx = ended
		go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
	}
	var draining atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if fault != "nameless" {
			w.Header().Set(MarkHeader, os.Getenv("MARK"))
		}
	})
	mux.HandleFunc("/pid", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getpid()) })
	mux.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) {
		fmt.Fprintln(os.Stderr, "out of paper")
		os.Exit(4)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s begins\n", name)
		_ = http.NewResponseController(w).Flush()
		for r.Context().Err() == nil {
			if _, err := os.Stat(r.URL.Query().Get("release")); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Fprintf(w, "%s ends\n", name)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if draining.Load() {
			w.Header().Set("Retry-After", "5")
			http.Error(w, "closing", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, name)
	})
	l, err := net.Listen("tcp", os.Getenv("ADDR"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(l) }()
	<-ctx.Done()
	draining.Store(true)
	if server.Shutdown(context.Background()) != nil {
		return 1
	}
	return 0
}
