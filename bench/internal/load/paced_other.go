//go:build !unix

package load

import (
	"context"
	"errors"
)

func (r *run) paced(context.Context, []*conn, []histogram) error {
	return errors.New("a rate can't be kept on this system")
}
