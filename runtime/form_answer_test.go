package xmcp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// order has an input of every kind that a form can have.
type order struct {
	Name     string   `json:"name" jsonschema:"minLength=1,maxLength=20"`
	Email    string   `json:"email,omitempty" jsonschema:"format=email"`
	Count    int      `json:"count" jsonschema:"minimum=1,maximum=9,default=2"`
	Weight   float64  `json:"weight" jsonschema:"default=1.5"`
	Express  bool     `json:"express" jsonschema:"default=true"`
	Color    string   `json:"color" jsonschema:"enum=r,enum=g,default=g" titles:"Red;Green"`
	Size     string   `json:"size" jsonschema:"enum=s,enum=m"`
	Toppings []string `json:"toppings,omitempty" jsonschema:"enum=a,enum=b,maxItems=2" titles:"Apple;Banana"`
}

func orders() *xmcp.Registry {
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "order", Description: "Takes an order.", Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
		o, err := xmcp.Elicit[order](ctx, "order", "What would you like?")
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%+v", o), nil
	})})
	return r
}

func quietly() xmcptest.Option { return xmcptest.WithConfig(xmcp.Config{Name: "test"}) }

// Each kind of input comes back typed, and what a person leaves out has its default, in both eras over both transports.
func TestFormAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, answer, want string
	}{
		{"everything", `{"name":"Ada","email":"ada@example.com","count":3,"weight":0.5,"express":false,"color":"r","size":"m","toppings":["b","a"]}`,
			"{Name:Ada Email:ada@example.com Count:3 Weight:0.5 Express:false Color:r Size:m Toppings:[b a]}"},
		{"defaults", `{"name":"Ada","size":"s"}`, "{Name:Ada Email: Count:2 Weight:1.5 Express:true Color:g Size:s Toppings:[]}"},
	} {
		for transport, opts := range map[string][]xmcptest.Option{"http": nil, "stdio": {xmcptest.OverStdio()}} {
			t.Run(tt.name+"/"+transport, func(t *testing.T) {
				answer := func(xmcptest.Question) xmcptest.Answer { return xmcptest.Accept(json.RawMessage(tt.answer)) }
				c := xmcptest.New(t, orders(), append(opts, quietly(), xmcptest.WithAnswers(answer))...)
				if got := c.Call("order", nil).Text(); got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		}
	}
}

// What does not fit the form is no answer: a legacy client hears so, and a modern one is asked again.
func TestUnfitFormAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"missing":   `{"name":"Ada"}`,
		"too long":  `{"name":"` + strings.Repeat("x", 21) + `","size":"s"}`,
		"too large": `{"name":"Ada","size":"s","count":10}`,
		"no choice": `{"name":"Ada","size":"xl"}`,
		"one wrong": `{"name":"Ada","size":"s","toppings":["a","c"]}`,
		"too many":  `{"name":"Ada","size":"s","toppings":["a","b","a"]}`,
		"no mail":   `{"name":"Ada","size":"s","email":"ada"}`,
		"kind":      `{"name":"Ada","size":"s","express":"yes"}`,
		"no object": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			c := xmcptest.New(t, orders(), quietly(), xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer {
				if asked++; asked == 2 {
					return xmcptest.Decline() // the second time
				}
				return xmcptest.Accept(json.RawMessage(answer))
			}))
			if got := c.In(xmcptest.Legacy).CallFails("order", nil); !strings.Contains(got.Text(), "does not fit") || asked != 1 {
				t.Errorf("legacy: asked %d times, %q", asked, got.Text())
			}
			asked = 0
			if got := c.In(xmcptest.Modern).CallFails("order", nil); !strings.Contains(got.Text(), "declined") || asked != 2 {
				t.Errorf("modern: asked %d times, %q", asked, got.Text())
			}
		})
	}
}

// A key is asked once in a call, in both eras.
func TestKeysAreAskedOnce(t *testing.T) {
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "twice", Description: "Asks twice.", Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
		if err := xmcp.ElicitURL(ctx, "page", "Open it.", "https://example.com"); err != nil {
			return "", err
		}
		err := xmcp.ElicitURL(ctx, "page", "Open it.", "https://example.com")
		return fmt.Sprint(err), nil
	})})
	c := xmcptest.New(t, r, quietly(), xmcptest.WithAnswers(func(q xmcptest.Question) xmcptest.Answer {
		if q.URL != "https://example.com" {
			t.Errorf("question %+v", q)
		}
		return xmcptest.Accept(nil)
	}))
	if got, want := c.Call("twice", nil).Text(), `ask "page": the key was used before in this call`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A handler can see who calls, how, and with what.
func TestAccessors(t *testing.T) {
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "who", Description: "Says who calls.", Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (map[string]any, error) {
		return map[string]any{
			"client": xmcp.GetClientInfo(ctx).Name, "version": xmcp.GetProtocolVersion(ctx), "trace": xmcp.GetHTTPHeader(ctx).Get("X-Trace"),
			"http": xmcp.GetHTTPHeader(ctx) != nil, "capabilities": string(xmcp.GetClientCapabilities(ctx)) != "", "meta": string(xmcp.GetRequestMeta(ctx)) != "",
			"elicit": xmcp.CanElicit(ctx), "server": xmcp.GetServer(ctx) != nil,
		}, nil
	})})
	answers := xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Decline() })
	for _, era := range []xmcptest.Era{xmcptest.Legacy, xmcptest.Modern} {
		for transport, opts := range map[string][]xmcptest.Option{"http": {xmcptest.WithHeader("X-Trace", "t1")}, "stdio": {xmcptest.OverStdio()}} {
			t.Run(string(era)+"/"+transport, func(t *testing.T) {
				got := map[string]any{}
				c := xmcptest.New(t, r, append(opts, quietly(), answers, xmcptest.In(era))...)
				if err := json.Unmarshal([]byte(c.Call("who", nil).Text()), &got); err != nil {
					t.Fatal(err)
				}
				trace := ""
				if transport == "http" {
					trace = "t1"
				}
				want := map[string]any{
					"client": "xmcptest", "version": string(era), "trace": trace, "http": transport == "http",
					"capabilities": true, "meta": true, "elicit": true, "server": true,
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
	ctx := context.Background()
	if xmcp.GetClientInfo(ctx) != (xmcp.ClientInfo{}) || xmcp.GetProtocolVersion(ctx) != "" || xmcp.GetHTTPHeader(ctx) != nil || xmcp.GetServer(ctx) != nil || xmcp.CanElicit(ctx) {
		t.Error("there is something to see outside a call")
	}
}

// Completion knows the arguments that the person has already filled in, of prompts and of templates.
func TestCompletionKnowsTheOtherArguments(t *testing.T) {
	complete := func(_ context.Context, q xmcp.CompleteRequest) ([]string, error) {
		return []string{q.Argument + " " + q.Value + " of " + q.Arguments["country"]}, nil
	}
	type place struct {
		Country string `json:"country"`
		City    string `json:"city"`
	}
	const schema = `{"type":"object","properties":{"country":{"type":"string"},"city":{"type":"string"}},"required":["country","city"]}`
	r := xmcp.NewRegistry()
	r.AddPrompt(xmcp.PromptItem{
		Name: "visit", Description: "Visits.", InputSchema: schema, Complete: complete,
		Arguments: []xmcp.PromptArgument{{Name: "country", Required: true}, {Name: "city", Required: true}},
		Handler:   xmcp.HandlePrompt(func(context.Context, place) (string, error) { return "", nil }),
	})
	r.AddResource(xmcp.ResourceItem{
		Name: "map", Description: "A map.", InputSchema: schema, Complete: complete,
		Metadata: xmcp.ResourceMetadata{URI: "map://{country}/{city}"},
		Handler:  xmcp.HandleResource(func(context.Context, place) (string, error) { return "", nil }),
	})
	c := xmcptest.New(t, r, quietly())
	known, want := map[string]string{"country": "Norway"}, []string{"city O of Norway"}
	if diff := cmp.Diff(want, c.CompletePrompt("visit", "city", "O", known)); diff != "" {
		t.Errorf("prompt (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, c.CompleteResource("map://{country}/{city}", "city", "O", known)); diff != "" {
		t.Errorf("template (-want +got):\n%s", diff)
	}
}

// Nothing can be asked while an argument is completed, and a handler is told so beforehand, in both eras over both transports.
func TestNothingIsAskedInCompletion(t *testing.T) {
	r := xmcp.NewRegistry()
	r.AddPrompt(xmcp.PromptItem{
		Name: "visit", Description: "Visits.", InputSchema: `{"type":"object","properties":{"city":{"type":"string"}}}`,
		Complete: func(ctx context.Context, _ xmcp.CompleteRequest) ([]string, error) {
			err := xmcp.ElicitURL(ctx, "page", "Open it.", "https://example.com")
			return []string{fmt.Sprint(xmcp.CanElicit(ctx) || xmcp.CanElicitURL(ctx) || xmcp.CanSample(ctx) || xmcp.CanListRoots(ctx)), fmt.Sprint(err)}, nil
		},
		Handler: xmcp.HandlePrompt(func(context.Context, struct {
			City string `json:"city"`
		}) (string, error) {
			return "", nil
		}),
	})
	answers := xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Decline() })
	want := []string{"false", `ask "page": nothing can be asked in completion/complete`}
	for transport, opts := range map[string][]xmcptest.Option{"http": nil, "stdio": {xmcptest.OverStdio()}} {
		t.Run(transport, func(t *testing.T) {
			c := xmcptest.New(t, r, append(opts, quietly(), answers)...)
			if diff := cmp.Diff(want, c.CompletePrompt("visit", "city", "", nil)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
