package xmcp

import (
	"context"
	"math"
	"strconv"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// progressState keeps progress increasing within one call.
type progressState struct {
	mu   sync.Mutex
	sent bool
	last float64
}

// Progress tells the client how far the current call has come: done of total, with a message; a total of zero means unknown,
// an empty message is left out. It does nothing when the client did not ask for progress, outside a call, and when done has
// not grown since the last time, since progress must increase (MCP 2025-11-25, basic/utilities/progress). It returns when
// the message was written.
func Progress(ctx context.Context, done, total float64, message string) {
	c := callOf(ctx)
	if c == nil || c.msg.Params.Meta.ProgressToken == nil || !finite(done) || !finite(total) {
		return
	}
	c.progress.mu.Lock()
	defer c.progress.mu.Unlock()
	if c.progress.sent && done <= c.progress.last {
		return
	}
	c.progress.sent, c.progress.last = true, done
	b := make([]byte, 0, 160+len(message))
	b = append(b, `{"jsonrpc":"2.0","method":"`+wire.NotifyProgress+`","params":{"progressToken":`...)
	b = append(b, c.msg.Params.Meta.ProgressToken...)
	b = append(b, `,"progress":`...)
	b = strconv.AppendFloat(b, done, 'f', -1, 64)
	if total != 0 {
		b = append(b, `,"total":`...)
		b = strconv.AppendFloat(b, total, 'f', -1, 64)
	}
	if message != "" {
		b = append(b, `,"message":`...)
		b = wire.AppendString(b, message)
	}
	_ = c.out.send(append(b, "}}"...)) // a client that went away needs no progress
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
