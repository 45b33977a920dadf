// Package src holds the app's tools and plugins.
package src

import (
	"context"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/otel/internal/tracing"
)

// Plugins trace every tool call, whatever other plugins do with it.
func Plugins() []xmcp.Plugin {
	return []xmcp.Plugin{tracing.Export(console), tracing.Plugin()}
}

// console writes spans beside the log, which is what can be seen without a collector.
func console(context.Context) (sdk.SpanExporter, error) {
	return stdouttrace.New(stdouttrace.WithWriter(os.Stderr))
}
