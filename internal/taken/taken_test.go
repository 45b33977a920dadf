package taken

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestAddress(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = lc.Listen(t.Context(), "tcp", l.Addr().String())
	if !Address(err) {
		t.Errorf("a second program: %v", err)
	}
	windows := &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.Errno(10048))}
	if !Address(fmt.Errorf("serve: %w", windows)) {
		t.Error("a second program on Windows is not recognized")
	}
	for _, other := range []error{nil, errors.New("no"), syscall.EACCES, syscall.EADDRNOTAVAIL} {
		if Address(other) {
			t.Errorf("%v is taken for an address in use", other)
		}
	}
}
