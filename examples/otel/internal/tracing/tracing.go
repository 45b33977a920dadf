// Package tracing makes a span of every tool call.
package tracing

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Plugin traces with the global provider, below the span that the client's request names.
func Plugin() xmcp.Plugin {
	return xmcp.PluginFunc("tracing", func(h *xmcp.Host) error {
		tracer := otel.Tracer("xmcp")
		h.UseTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
			return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
				ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(xmcp.GetHTTPHeader(ctx)))
				ctx, span := tracer.Start(ctx, "tools/call "+call.Name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
					attribute.String("mcp.method.name", "tools/call"),
					attribute.String("mcp.protocol.version", xmcp.GetProtocolVersion(ctx)),
					attribute.String("gen_ai.tool.name", call.Name),
					attribute.String("code.position", call.Position), // src/tools/greet.go:12
				))
				defer span.End()
				result, err := next(ctx, call)
				if err != nil && !errors.Is(err, xmcp.ErrInputRequired) { // that is a question, not a failure
					span.RecordError(err)
					span.SetStatus(codes.Error, "the tool failed")
				}
				return result, err
			}
		})
		return nil
	})
}
