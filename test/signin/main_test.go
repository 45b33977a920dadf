package signin

import (
	"bytes"
	"os"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
)

func TestMain(m *testing.M) {
	if to := os.Getenv(openVariable); to != "" {
		os.Exit(openPage(to, os.Args[len(os.Args)-1]))
	}
	os.Exit(browser.Main(m))
}

// journal keeps what a program wrote.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}
