package program

import "testing"

// Address is one of the loopback interface that a program of the test can listen on. Until the end of the test nobody is given it
// who asks for any free port, as all other tests do: on Linux, elsewhere it is only one that was free a moment ago.
func Address(t testing.TB) string {
	t.Helper()
	address, release, err := reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return address
}
