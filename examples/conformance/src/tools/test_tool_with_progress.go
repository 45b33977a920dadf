package tools

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestToolWithProgressMetadata makes TestToolWithProgress a tool.
var TestToolWithProgressMetadata = xmcp.ToolMetadata{}

// TestToolWithProgress reports its progress three times.
func TestToolWithProgress(ctx context.Context) (string, error) {
	for done := 0.0; done <= 100; done += 50 {
		xmcp.Progress(ctx, done, 100, "")
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return "", err
		}
	}
	return "Done", nil
}

// wait takes its time unless the call ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
