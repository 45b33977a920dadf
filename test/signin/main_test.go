package signin

import (
	"os"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
)

func TestMain(m *testing.M) {
	if to := os.Getenv(openVariable); to != "" {
		os.Exit(openPage(to, os.Args[len(os.Args)-1]))
	}
	os.Exit(browser.Main(m))
}
