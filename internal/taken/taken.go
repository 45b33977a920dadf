// Package taken recognizes that an address cannot be listened on because another program does.
package taken

import (
	"errors"
	"syscall"
)

// wsaAddrInUse is WSAEADDRINUSE of Windows Sockets, which is not what package syscall calls EADDRINUSE there.
const wsaAddrInUse = syscall.Errno(10048)

// Address tells whether the error of a Listen means that the address is in use. It is false for nil.
func Address(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaAddrInUse)
}
