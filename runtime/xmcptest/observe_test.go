package xmcptest_test

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wireschema"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// TestMain checks every message that the server sends in these tests against the official schema of its revision. A message
// that is wrong fails the run, whichever test it came in.
func TestMain(m *testing.M) {
	flag.Parse()
	var mu sync.Mutex
	var wrong []string
	checked := map[string]int{}
	xmcptest.Observe(func(version, method string, message []byte) {
		err := wireschema.Check(version, method, message)
		mu.Lock()
		defer mu.Unlock()
		checked[version]++
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s\n%v", message, err))
		}
	})
	code := m.Run()
	mu.Lock()
	defer mu.Unlock()
	for _, w := range wrong {
		fmt.Fprintln(os.Stderr, "the server sent", w)
		code = 1
	}
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	for _, era := range []xmcptest.Era{xmcptest.Legacy, xmcptest.Modern} {
		if whole && code == 0 && checked[string(era)] < 50 {
			fmt.Fprintf(os.Stderr, "only %d messages of %s were checked\n", checked[string(era)], era)
			code = 1
		}
	}
	os.Exit(code)
}
