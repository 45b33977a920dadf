package browser

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// endpointVariable tells the tests of a binary where the Chromium of Main takes stories.
const endpointVariable = "XMCPGO_BROWSER"

// Browser is a running Chromium. It is safe for concurrent use.
type Browser struct{ endpoint string }

// Start returns the Chromium of [Main], or one that ends with the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	if endpoint := os.Getenv(endpointVariable); endpoint != "" {
		return &Browser{endpoint}
	}
	c, err := launch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return &Browser{c.endpoint}
}

// Main runs the tests of a binary around one Chromium. Call it from TestMain, and pass the result to os.Exit.
func Main(m *testing.M) int {
	c, err := launch()
	if err == nil {
		defer c.stop()
		err = os.Setenv(endpointVariable, c.endpoint)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// find returns the path of Chromium.
func find() (string, error) {
	if path := os.Getenv("XMCPGO_CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium: run `make setup`, or name one by XMCPGO_CHROMIUM")
}

// chromium is a program of Node that holds Chromium and runs stories in it. It ends, and Chromium with it, when its standard input does: also when
// this process is killed.
type chromium struct {
	cmd      *exec.Cmd
	stdin    io.Closer
	endpoint string
}

func launch() (*chromium, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	root, err := program.Root()
	if err != nil {
		return nil, err
	}
	packages, err := program.Packages()
	if err != nil {
		return nil, err
	}
	node, err := program.FindNode()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(node, filepath.Join(root, "test", "browser", "serve.mjs"), path)
	cmd.Env = append(os.Environ(), "XMCPGO_NODE_MODULES="+packages)
	var said bytes.Buffer
	cmd.Stderr = &said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	c := &chromium{cmd: cmd, stdin: stdin}
	line := make(chan string, 1)
	go func() {
		s, _ := bufio.NewReader(stdout).ReadString('\n') // what is missing is seen below
		line <- strings.TrimSpace(s)
	}()
	select {
	case c.endpoint = <-line:
	case <-time.After(time.Minute):
	}
	if c.endpoint == "" {
		c.stop()
		return nil, fmt.Errorf("%s cannot be driven: %s", path, &said)
	}
	return c, nil
}

func (c *chromium) stop() {
	_ = c.stdin.Close()
	timer := time.AfterFunc(10*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer timer.Stop()
	_ = c.cmd.Wait() // how it ends says nothing about what was tested
}
