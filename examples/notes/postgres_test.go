//go:build unix

package main

import (
	"testing"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/postgrestest"
)

func TestIsolationOnPostgreSQL(t *testing.T) {
	testIsolation(t, postgrestest.Start(t))
}
