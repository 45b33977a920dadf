// Command bare serves the floor of all measurements.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/xmcpgo/xmcpgo/bench/internal/floor"
	"github.com/xmcpgo/xmcpgo/bench/internal/side"
)

func main() {
	addr := flag.String("addr", "", "`host:port` to listen on")
	answer := flag.String("answer", "", "`file` with the bytes to answer")
	flag.Parse()
	err := side.Serve()
	if err == nil {
		var b []byte
		if b, err = os.ReadFile(*answer); err == nil {
			err = http.ListenAndServe(*addr, floor.Handler(b))
		}
	}
	fmt.Fprintln(os.Stderr, "bare:", err)
	os.Exit(1)
}
