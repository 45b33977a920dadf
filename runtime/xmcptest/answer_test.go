package xmcptest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

type confirmation struct {
	Sure bool   `json:"sure"`
	Why  string `json:"why"`
}

// asking is an app whose tools ask the client.
func asking() *xmcp.Registry {
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "delete", Description: "Deletes all, after asking.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			answer, err := xmcp.Elicit[confirmation](ctx, "sure", "Delete all notes?")
			switch {
			case errors.Is(err, xmcp.ErrDeclined):
				return "kept", nil
			case err != nil:
				return "", err
			}
			xmcp.Progress(ctx, 1, 1, "deleted")
			return "deleted: " + answer.Why, nil
		})})
	r.AddTool(xmcp.ToolItem{Name: "summarize", Description: "Has the model write, about the roots.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			roots, err := xmcp.Roots(ctx, "roots")
			if err != nil {
				return "", err
			}
			said, err := xmcp.Sample(ctx, "text", xmcp.SampleRequest{
				Messages:  []xmcp.SampleMessage{{Role: xmcp.RoleUser, Content: mcp.NewTextContent("about " + roots[0].URI)}},
				MaxTokens: 10,
			})
			if err != nil {
				return "", err
			}
			return said.Text(), nil
		})})
	return r
}

// One test of a tool that asks covers both ways of asking, over both transports.
func TestAnswers(t *testing.T) {
	answers := func(q xmcptest.Question) xmcptest.Answer {
		switch q.Method {
		case "roots/list":
			return xmcptest.Roots(xmcp.Root{URI: "file:///notes", Name: "notes"})
		case "sampling/createMessage":
			if !strings.Contains(string(q.Params), "about file:///notes") {
				t.Errorf("sampling request %s", q.Params)
			}
			return xmcptest.Sampled("All is well.")
		}
		if q.Message != "Delete all notes?" || !strings.Contains(string(q.Schema), `"sure"`) {
			t.Errorf("question %+v", q)
		}
		return xmcptest.Accept(confirmation{true, "spring"})
	}
	for name, opts := range map[string][]xmcptest.Option{
		"http":  {quiet(), xmcptest.WithAnswers(answers)},
		"stdio": {quiet(), xmcptest.WithAnswers(answers), xmcptest.OverStdio()},
	} {
		t.Run(name, func(t *testing.T) {
			c := xmcptest.New(t, asking(), opts...)
			r := c.Call("delete", nil)
			if r.Text() != "deleted: spring" || len(r.Progress()) != 1 {
				t.Errorf("delete: %q, progress %v", r.Text(), r.Progress())
			}
			if got := c.Call("summarize", nil).Text(); got != "All is well." {
				t.Errorf("summarize: %q", got)
			}
		})
	}
}

func TestDecliningAndCancelling(t *testing.T) {
	declines := xmcptest.New(t, asking(), quiet(), xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Decline() }))
	if got := declines.Call("delete", nil).Text(); got != "kept" {
		t.Errorf("declined: %q", got)
	}
	cancels := xmcptest.New(t, asking(), quiet(), xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Cancel() }))
	if got := cancels.CallFails("delete", nil); !got.IsError || !strings.Contains(got.Text(), "cancelled") {
		t.Errorf("cancelled: %+v", got)
	}
}

func TestClientsWithoutAnswersCannotBeAsked(t *testing.T) {
	c := xmcptest.New(t, asking(), quiet())
	if got := c.In(xmcptest.Legacy).CallFails("delete", nil); !strings.Contains(got.Text(), "not supported") {
		t.Errorf("legacy: %+v", got)
	}
	if got := c.In(xmcptest.Modern).CallFails("delete", nil); got.Err == nil || got.Err.Code != -32021 {
		t.Errorf("modern: %+v", got)
	}
}

func TestQuestionsWithoutAnAnswerFailTheTest(t *testing.T) {
	got := failure(t, func(t testing.TB) {
		xmcptest.New(t, asking(), quiet(), xmcptest.In(xmcptest.Modern),
			xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Answer{} })).Call("delete", nil)
	})
	if !strings.Contains(got, "the test has no answer to elicitation/create") {
		t.Errorf("the test failed with %q", got)
	}
}
