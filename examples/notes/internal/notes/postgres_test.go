//go:build unix

package notes

import (
	"testing"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/postgrestest"
)

func TestPostgreSQL(t *testing.T) {
	url := postgrestest.Start(t)
	t.Run("starts at once", func(t *testing.T) { testMigrateAtOnce(t, url) })
	t.Run("store", func(t *testing.T) { testStore(t, open(t, url)) })
	t.Run("keys", func(t *testing.T) { testStatementsAreKeyed(t, open(t, url)) })
}
