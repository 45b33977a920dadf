//go:build !linux

package program

import "net"

// reserve finds an address. A port that is kept here could not be listened on.
func reserve() (address string, release func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	return l.Addr().String(), func() {}, l.Close()
}
