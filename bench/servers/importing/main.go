// Command importing is the floor with mcp-go's server linked in, and nothing made of it: what a start takes at least.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	_ "github.com/mark3labs/mcp-go/server"

	"github.com/xmcpgo/xmcpgo/bench/internal/floor"
)

func main() {
	addr := flag.String("addr", "", "`host:port` to listen on")
	flag.Parse()
	err := http.ListenAndServe(*addr, floor.Handler([]byte("{}")))
	fmt.Fprintln(os.Stderr, "importing:", err)
	os.Exit(1)
}
