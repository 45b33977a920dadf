// Command cmd writes the generated part of the schema corpus to a file.
package main

import (
	"fmt"
	"os"

	"github.com/xmcpgo/xmcpgo/internal/corpus/corpusgen"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "corpusgen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want the file to write, got %q", args)
	}
	src, err := corpusgen.Source()
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], src, 0o644)
}
