package tracing

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Export makes the global provider, which sends spans to an exporter in batches, and the last of them when the server ends.
func Export(newExporter func(context.Context) (sdk.SpanExporter, error)) xmcp.Plugin {
	return xmcp.PluginFunc("export", func(h *xmcp.Host) error {
		exporter, err := newExporter(context.Background())
		if err != nil {
			return err
		}
		provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter))
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(propagation.TraceContext{})
		h.OnShutdown(provider.Shutdown)
		return nil
	})
}
