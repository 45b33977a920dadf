// Package side lets the harness look into a server that it measures, over a port that the measured requests do not use.
package side

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// Env names the environment variable with the address to serve on; without it nothing is served.
const Env = "BENCH_SIDE"

// Stats is what a server tells of itself.
type Stats struct {
	Mallocs  uint64            // since the start
	Resident uint64            // bytes; zero where the system does not tell
	Heap     uint64            // bytes of live objects
	Stacks   uint64            // bytes
	Modules  map[string]string // path → version of what the binary is made of
	Go       string
}

// Serve answers GET /stats (with ?gc the garbage is collected first) and GET /profile, a CPU profile of the next seconds.
func Serve() error {
	addr := os.Getenv(Env)
	if addr == "" {
		return nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("side port: %w", err)
	}
	web := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(answer)}
	go func() { _ = web.Serve(l) }()
	return nil
}

func answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/profile" {
		if err := pprof.StartCPUProfile(w); err != nil { // another one is being taken
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		time.Sleep(5 * time.Second)
		pprof.StopCPUProfile()
		return
	}
	if r.URL.Query().Has("gc") {
		debug.FreeOSMemory()
	}
	_ = json.NewEncoder(w).Encode(read())
}

func read() Stats {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s := Stats{
		Mallocs: m.Mallocs, Resident: resident(), Heap: m.HeapAlloc, Stacks: m.StackInuse,
		Go: runtime.Version(), Modules: map[string]string{},
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			s.Modules[dep.Path] = dep.Version
		}
	}
	return s
}

// resident reads what Linux says of this process (proc(5), statm).
func resident() uint64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages uint64
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
