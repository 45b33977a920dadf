package signin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"go/build"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestLock(t *testing.T) {
	s := &Store{Dir: t.TempDir()}
	const server = "https://a.example/mcp"
	unlock, err := s.lock(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if _, err := s.lock(ctx, server); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second lock: %v", err)
	}
	other, err := s.lock(t.Context(), "https://b.example/mcp")
	if err != nil {
		t.Errorf("the lock of another server: %v", err)
	} else {
		other()
	}
	unlock()
	again, err := s.lock(t.Context(), server)
	if err != nil {
		t.Fatalf("after the unlock: %v", err)
	}
	defer again()
	// However long it takes, whoever holds it holds it.
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.path(server)+".lock", long, long); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if _, err := s.lock(ctx, server); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a slow process has lost its lock: %v", err)
	}
}

// envLockIn makes the test binary a process that holds a lock until it is killed.
const envLockIn = "SIGNIN_TEST_LOCK_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envLockIn); dir != "" {
		if _, err := (&Store{Dir: dir}).lock(context.Background(), "https://a.example/mcp"); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("locked")
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed, or the test is gone
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Another process is kept out while it lives, and a killed one leaves nothing to wait for.
func TestAKilledProcessHoldsNoLock(t *testing.T) {
	s := &Store{Dir: t.TempDir()}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), envLockIn+"="+s.Dir)
	input, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = input.Close() }()
	output, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(output).ReadString('\n')
	if said != "locked\n" {
		t.Errorf("the other process says %q (%v)", said, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if _, err := s.lock(ctx, "https://a.example/mcp"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a lock that another process holds: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // it was killed
	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	unlock, err := s.lock(ctx, "https://a.example/mcp")
	if err != nil {
		t.Fatalf("the lock of a killed process: %v", err)
	}
	unlock()
}

// Of many that want the lock one has it at a time.
func TestOneHoldsTheLock(t *testing.T) {
	dir := t.TempDir()
	var holders, turns atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				unlock, err := (&Store{Dir: dir}).lock(t.Context(), "https://a.example/mcp")
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				turns.Add(1)
				holders.Add(-1)
				unlock()
			}
		})
	}
	all.Wait()
	if turns.Load() != 40 {
		t.Errorf("%d turns, want 40", turns.Load())
	}
}

// Each system that Go has a port to compiles one way to lock, since every app builds this command.
func TestEverySystemHasOneLock(t *testing.T) {
	files, err := filepath.Glob("lock_*.go")
	if err != nil {
		t.Fatal(err)
	}
	ports, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	for port := range strings.FieldsSeq(string(ports)) {
		system := build.Default
		system.GOOS, system.GOARCH, _ = strings.Cut(port, "/")
		var compiled []string
		for _, file := range files {
			match, err := system.MatchFile(".", file)
			if err != nil {
				t.Fatal(err)
			}
			if match && file != "lock_test.go" {
				compiled = append(compiled, file)
			}
		}
		if len(compiled) != 1 {
			t.Errorf("%s: %q", port, compiled)
		}
	}
}
