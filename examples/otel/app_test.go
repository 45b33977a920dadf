package main

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"

	"github.com/xmcpgo/xmcpgo/examples/otel/internal/tracing"
	"github.com/xmcpgo/xmcpgo/examples/otel/src"
	"github.com/xmcpgo/xmcpgo/examples/otel/src/tools"
)

const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// TestSpans calls a tool well and badly, as a part of a trace that the client has begun.
func TestSpans(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	otel.SetTracerProvider(sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)))
	otel.SetTextMapPropagator(propagation.TraceContext{})

	c := newClient(t, tracing.Plugin())
	c.Call("greet", map[string]any{"name": "Ada"})
	c.CallFails("greet", map[string]any{"name": ""})

	type span struct {
		Name, Trace, Parent, Status string
		Attributes                  map[string]any
		Events                      int
	}
	var got []span
	for _, s := range recorder.Ended() {
		seen := span{s.Name(), s.SpanContext().TraceID().String(), s.Parent().SpanID().String(), s.Status().Code.String(), map[string]any{}, len(s.Events())}
		for _, a := range s.Attributes() {
			seen.Attributes[string(a.Key)] = a.Value.AsInterface()
		}
		got = append(got, seen)
	}
	attributes := func(more map[string]any) map[string]any {
		all := map[string]any{
			"mcp.method.name": "tools/call", "mcp.protocol.version": "2026-07-28",
			"gen_ai.tool.name": "greet", "code.position": "src/tools/greet.go:23",
		}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	want := []span{
		{"tools/call greet", parent[3:35], parent[36:52], codes.Unset.String(), attributes(map[string]any{"greet.length": int64(3)}), 0},
		{"tools/call greet", parent[3:35], parent[36:52], codes.Error.String(), attributes(nil), 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

// TestExport: the spans that are left when the server ends get out.
func TestExport(t *testing.T) {
	exporter := kept{tracetest.NewInMemoryExporter(), new(int)}
	t.Run("server", func(t *testing.T) {
		newClient(t, tracing.Export(func(context.Context) (sdk.SpanExporter, error) { return exporter, nil }), tracing.Plugin()).
			Call("greet", map[string]any{"name": "Ada"})
	})
	if *exporter.spans != 1 {
		t.Errorf("%d spans got out", *exporter.spans)
	}
}

// kept counts what it gets, which the exporter for tests forgets when it is shut down.
type kept struct {
	*tracetest.InMemoryExporter
	spans *int
}

func (k kept) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	*k.spans += len(spans)
	return k.InMemoryExporter.ExportSpans(ctx, spans)
}

func newClient(t *testing.T, plugins ...xmcp.Plugin) *xmcptest.Client {
	r := xmcp.NewRegistry()
	tools.RegisterXMCP(r)
	r.Use(func() []xmcp.Plugin { return plugins })
	return xmcptest.New(t, r, xmcptest.WithHeader("Traceparent", parent), xmcptest.In(xmcptest.Modern))
}

// TestApp: the app as it is made has both plugins.
func TestApp(t *testing.T) {
	var names []string
	for _, p := range src.Plugins() {
		names = append(names, p.Name())
	}
	if diff := cmp.Diff([]string{"export", "tracing"}, names); diff != "" {
		t.Error(diff)
	}
	if _, err := xmcp.New(src.Registry(), xmcp.Config{}); err != nil {
		t.Error(err)
	}
}
