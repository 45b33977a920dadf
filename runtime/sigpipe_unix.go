//go:build unix

package xmcp

import (
	"os"
	"os/signal"
	"syscall"
)

// withoutSIGPIPE makes it an error to write to standard output or standard error when nobody reads them any more, which otherwise ends a
// process on Unix at once. The returned function undoes it.
func withoutSIGPIPE() (undo func()) {
	notified := make(chan os.Signal, 1) // nobody reads it: to be notified is what keeps the signal from its default effect
	signal.Notify(notified, syscall.SIGPIPE)
	return func() { signal.Stop(notified) }
}
