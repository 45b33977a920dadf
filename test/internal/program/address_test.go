package program

import (
	"net"
	"testing"
)

// TestAddress: programs can listen on an address, one after the other, and be reached there.
func TestAddress(t *testing.T) {
	address := Address(t)
	if other := Address(t); other == address {
		t.Errorf("%s was given twice", address)
	}
	for range 2 {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Error(err)
		} else {
			_ = c.Close()
		}
		_ = l.Close()
	}
}
