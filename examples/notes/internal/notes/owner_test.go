package notes

import (
	"errors"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
)

// Nobody is the owner of what is called without sign-in, over stdio for example.
func TestOwnerOfNobody(t *testing.T) {
	if o, err := OwnerOf(t.Context()); !errors.Is(err, scalekit.ErrNoSession) || o != (Owner{}) {
		t.Errorf("the owner is %+v, %v", o, err)
	}
}
