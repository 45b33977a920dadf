package xmcp

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
)

//go:embed testdata/files
var testFiles embed.FS

type pair struct {
	A int `json:"a"`
	B int `json:"b"`
}

type node struct {
	Name     string  `json:"name"`
	Children []*node `json:"children"`
}

type stepsInput struct {
	Steps int `json:"steps"`
}

type userVars struct {
	ID int `json:"id"`
}

type noteVars struct {
	Owner string `json:"owner"`
	Path  string `json:"path"`
}

type reviewArgs struct {
	Code  string `json:"code"`
	Style string `json:"style"`
}

// badValue fails or panics when it is encoded or decoded.
type badValue struct{ How string }

func (b badValue) MarshalJSON() ([]byte, error) {
	if b.How == "panic" {
		panic("secret in MarshalJSON")
	}
	return nil, errors.New("secret of MarshalJSON")
}

type badInput struct {
	Value panicsWhenRead `json:"value"`
}

type panicsWhenRead struct{}

func (*panicsWhenRead) UnmarshalJSON([]byte) error { panic("secret in UnmarshalJSON") }

const (
	pairSchema  = `{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false}`
	stepsSchema = `{"type":"object","properties":{"steps":{"type":"integer","minimum":0,"maximum":100}},"required":["steps"],"additionalProperties":false}`
	nodeSchema  = `{"type":["object","null"],"properties":{"name":{"type":"string"},"children":{"type":["array","null"],"items":{"$ref":"#"}}},"required":["name","children"]}`
	treesSchema = `{"type":"array","items":{"$ref":"#/$defs/node"},"$defs":{"node":{"type":"object","properties":{"name":{"type":"string"},"children":{"type":["array","null"],"items":{"$ref":"#/$defs/node"}}},"required":["name","children"]}}}`
)

func tool1(r *Registry, name, in, out string, m ToolMetadata, h ToolHandler) {
	r.AddTool(ToolItem{Name: name, Description: "Tool " + name + ".", Position: "src/tools/" + name + ".go:1", Metadata: m, InputSchema: in, OutputSchema: out, Handler: h})
}

// everything fills a registry with an item of each kind.
func everything(r *Registry) {
	everyTool(r)
	failingTools(r)
	everyPrompt(r)
	everyResource(r)
}

func everyTool(r *Registry) {
	greetTool(r)
	tool1(r, "add", pairSchema, `{"type":"object","properties":{"sum":{"type":"integer"}},"required":["sum"]}`,
		ToolMetadata{Title: "Add", ReadOnly: Yes, Destructive: No},
		HandleTool(func(_ context.Context, in pair) (map[string]int, error) {
			return map[string]int{"sum": in.A + in.B}, nil
		}))
	tool1(r, "words", "", `{"type":["array","null"],"items":{"type":"string"}}`, ToolMetadata{},
		HandleToolNoInput(func(context.Context) ([]string, error) { return []string{"one", "two"}, nil }))
	tool1(r, "tree", "", nodeSchema, ToolMetadata{},
		HandleToolNoInput(func(context.Context) (*node, error) {
			return &node{Name: "root", Children: []*node{{Name: "leaf"}}}, nil
		}))
	tool1(r, "trees", "", treesSchema, ToolMetadata{},
		HandleToolNoInput(func(context.Context) ([]node, error) { return []node{{Name: "oak"}}, nil }))
	tool1(r, "no_tree", "", nodeSchema, ToolMetadata{},
		HandleToolNoInput(func(context.Context) (*node, error) { return nil, nil }))
	tool1(r, "nothing", "", "", ToolMetadata{}, HandleToolBare(func(context.Context) error { return nil }))
	tool1(r, "blocks", "", "", ToolMetadata{}, HandleToolNoInput(func(context.Context) (*Result, error) {
		annotated := mcp.NewTextContent("for you")
		annotated.Annotations = &mcp.Annotations{Audience: []Role{RoleUser}}
		return &Result{
			Content: []Content{
				Text("a < b"), annotated, Image([]byte{1, 2, 3}, "image/png"), Audio([]byte{4, 5}, "audio/wav"),
				Link("file:///a.txt", "a", "The file a.", "text/plain"), EmbedText("file:///b.txt", "text/plain", "b"), EmbedBlob("file:///c", "application/octet-stream", []byte{9}),
			},
			Structured: map[string]int{"blocks": 7},
			Meta:       map[string]any{"example.com/trace": "t1"},
		}, nil
	}))
	tool1(r, "no_result", "", "", ToolMetadata{}, HandleToolNoInput(func(context.Context) (*Result, error) { return nil, nil }))
	tool1(r, "count", stepsSchema, "", ToolMetadata{}, HandleTool(func(ctx context.Context, in stepsInput) (string, error) {
		for i := range in.Steps {
			Progress(ctx, float64(i+1), float64(in.Steps), fmt.Sprintf("step %d", i+1))
			Progress(ctx, float64(i), 0, "back") // does not increase, so it is not sent
		}
		return "counted", nil
	}))
	tool1(r, "chat", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		log := Logger(ctx)
		log.Debug("thinking")
		log.Info("working", "step", 1)
		log.With("run", "r1").WithGroup("g").Warn("odd", "message", "again", "err", errors.New("no"))
		log.Error("broken")
		return "talked", nil
	}))
	tool1(r, "secret", "", "", ToolMetadata{Permissions: []string{"notes:write"}}, HandleToolBare(func(context.Context) error { return nil }))
	tool1(r, "scoped", "", "", ToolMetadata{Scopes: []string{"mail", "files"}}, HandleToolBare(func(context.Context) error { return nil }))
	tool1(r, "hidden", "", "", ToolMetadata{Permissions: []string{"admin"}, Visible: IfPermitted}, HandleToolBare(func(context.Context) error { return nil }))
}

func failingTools(r *Registry) {
	bare := func(name string, fn func(context.Context) error) {
		tool1(r, name, "", "", ToolMetadata{}, HandleToolBare(fn))
	}
	bare("fails", func(context.Context) error { return errors.New("disk /dev/sda1 is full") })
	bare("fails_for_user", func(context.Context) error {
		return fmt.Errorf("at db-7: %w", UserError("no such city: %s", "Atlantis"))
	})
	bare("fails_protocol", func(context.Context) error {
		return &ProtocolError{Code: 1001, Message: "quota exceeded", Data: map[string]int{"limit": 3}}
	})
	bare("panics", func(context.Context) error { panic("secret in handler") })
	tool1(r, "bad_output", "", "{}", ToolMetadata{}, HandleToolNoInput(func(context.Context) (badValue, error) { return badValue{"fail"}, nil }))
	tool1(r, "panicking_output", "", "{}", ToolMetadata{}, HandleToolNoInput(func(context.Context) (badValue, error) { return badValue{"panic"}, nil }))
	tool1(r, "bad_blocks", "", "", ToolMetadata{}, HandleToolNoInput(func(context.Context) (*Result, error) {
		return &Result{Content: []Content{Text("ok"), nil}, Structured: 1, IsError: true, Meta: map[string]any{"a": 1}}, nil
	}))
	tool1(r, "panicking_input", `{"type":"object","properties":{"value":{}}}`, "", ToolMetadata{},
		HandleToolNoOutput(func(context.Context, badInput) error { return nil }))
}

func everyPrompt(r *Registry) {
	r.AddPrompt(PromptItem{
		Name: "review", Description: "Reviews code.", Metadata: PromptMetadata{Title: "Review"},
		Arguments:   []PromptArgument{{Name: "code", Description: "The code.", Required: true}, {Name: "style"}},
		InputSchema: `{"type":"object","properties":{"code":{"type":"string"},"style":{"type":"string","default":"terse"}},"required":["code"],"additionalProperties":false}`,
		Handler: HandlePrompt(func(_ context.Context, in reviewArgs) (*PromptResult, error) {
			return &PromptResult{Messages: []Message{UserMessage(Text("Review, " + in.Style + ": " + in.Code)), AssistantMessage(Text("Gladly."))}}, nil
		}),
		Complete: func(_ context.Context, q CompleteRequest) ([]string, error) {
			if q.Argument == "code" {
				panic("secret in completion")
			}
			var fit []string
			for _, s := range []string{"terse", "thorough", "friendly"} {
				if strings.HasPrefix(s, q.Value) {
					fit = append(fit, s)
				}
			}
			return fit, nil
		},
	})
	r.AddPrompt(PromptItem{Name: "hello", Description: "Says hello.", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "Say hello.", nil })})
	r.AddPrompt(PromptItem{Name: "broken", Description: "Panics.", Handler: HandlePromptNoInput(func(context.Context) (string, error) { panic("secret in prompt") })})
}

func everyResource(r *Registry) {
	static := func(name, uri, mime string, h ResourceHandler) {
		r.AddResource(ResourceItem{Name: name, Description: "Resource " + name + ".", Metadata: ResourceMetadata{URI: uri, MIMEType: mime}, Handler: h})
	}
	static("about", "app://about", "", HandleResourceNoInput(func(context.Context) (string, error) { return "About us.", nil }))
	static("logo", "app://logo", "image/png", HandleResourceNoInput(func(context.Context) ([]byte, error) { return []byte{1, 2, 3}, nil }))
	static("config", "app://config", "", HandleResourceNoInput(func(context.Context) (pair, error) { return pair{1, 2}, nil }))
	static("gone", "app://gone", "", HandleResourceNoInput(func(context.Context) (string, error) { return "", fmt.Errorf("row 7: %w", ErrNotFound) }))
	static("empty", "app://empty", "", HandleResourceNoInput(func(context.Context) (*ResourceResult, error) { return &ResourceResult{}, nil }))
	static("files", "file:///docs", "", HandleResourceFS(testFiles))
	r.AddResource(ResourceItem{
		Name: "user", Description: "A user.", Metadata: ResourceMetadata{URI: "app://users/{id}"},
		InputSchema: `{"type":"object","properties":{"id":{"type":"integer","minimum":1}},"required":["id"]}`,
		Handler: HandleResource(func(_ context.Context, in userVars) (map[string]int, error) {
			if in.ID == 404 {
				return nil, ErrNotFound
			}
			return map[string]int{"id": in.ID}, nil
		}),
		Complete: func(context.Context, CompleteRequest) ([]string, error) {
			ids := make([]string, 150)
			for i := range ids {
				ids[i] = fmt.Sprint(i + 1)
			}
			return ids, nil
		},
	})
	r.AddResource(ResourceItem{
		Name: "note", Description: "A note.", Metadata: ResourceMetadata{URI: "note://{owner}/{+path}"},
		InputSchema: `{"type":"object","properties":{"owner":{"type":"string"},"path":{"type":"string"}},"required":["owner","path"]}`,
		Handler:     HandleResource(func(_ context.Context, in noteVars) (string, error) { return in.Owner + " wrote " + in.Path, nil }),
	})
}

// tokenAuth knows callers by their bearer token: "none", "writer", "admin".
type tokenAuth struct{}

func (tokenAuth) Name() string        { return "token" }
func (tokenAuth) Setup(h *Host) error { h.Authenticate(tokenAuth{}); return nil }

func (tokenAuth) Authenticate(r *http.Request) (*Principal, error) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	p := &Principal{Subject: token, Scopes: []string{"mail"}}
	switch token {
	case "none":
	case "writer":
		p.Permissions = []string{"notes:write"}
	case "admin":
		p.Permissions, p.Scopes = []string{"notes:write", "admin"}, []string{"mail", "files"}
	default:
		return nil, &Challenge{Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}}
	}
	return p, nil
}

func (tokenAuth) InsufficientScope(needed []string) *Challenge {
	scopes, _ := json.Marshal(strings.Join(needed, " "))
	return &Challenge{Status: 403, Header: http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", scope=` + string(scopes)}}, Body: `{"error":"insufficient_scope"}`}
}

type approval struct {
	OK bool `json:"ok"`
}

// askingItems add a tool, a prompt and a resource that ask their client before they answer.
func askingItems(r *Registry) {
	askTool(r)
	tool1(r, "survey", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		_, errForm := Elicit[approval](ctx, "sure", "Sure?")
		errPage := ElicitURL(ctx, "page", "Please sign in.", "https://example.com/sign-in")
		said, errSample := Sample(ctx, "greeting", SampleRequest{
			Messages: []SampleMessage{{Role: RoleUser, Content: Text("Greet.")}}, MaxTokens: 10,
		})
		roots, errRoots := Roots(ctx, "folders")
		if err := errors.Join(errForm, errPage, errSample, errRoots); err != nil {
			return "", err
		}
		return fmt.Sprintf("%s %d", said.Text(), len(roots)), nil
	}))
	tool1(r, "assistant", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		said, err := Sample(ctx, "said", SampleRequest{
			Messages: []SampleMessage{{Role: RoleUser, Content: Text("Which day is it?")}}, MaxTokens: 10,
			Tools: []mcp.Tool{mcp.NewTool("today", mcp.WithDescription("The date."))},
		})
		if err != nil {
			return "", err
		}
		return said.Text(), nil
	}))
	tool1(r, "choose", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		c, err := Elicit[struct {
			Color string `json:"color" jsonschema:"title=Color,enum=r,enum=g,default=g" titles:"Red;Green"`
			Size  string `json:"size" jsonschema:"enum=s,enum=m"`
		}](ctx, "choice", "Which one?")
		return c.Color + c.Size, err
	}))
	tool1(r, "choose_several", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		c, err := Elicit[struct {
			Toppings []string `json:"toppings" jsonschema:"enum=a,enum=b" titles:"Apple;Banana"`
		}](ctx, "choice", "Which ones?")
		return strings.Join(c.Toppings, " "), err
	}))
	tool1(r, "choose_raw", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		answer, err := ElicitRaw(ctx, "choice", "Which ones?", `{"type":"object","properties":{"toppings":{"type":"array","items":{"type":"string","enum":["a","b"]}}}}`)
		return string(answer), err
	}))
	tool1(r, "slow_ask", "", "", ToolMetadata{}, HandleToolNoInput(func(ctx context.Context) (string, error) {
		Progress(ctx, 1, 2, "thinking")
		_, err := Elicit[approval](ctx, "sure", "Sure?")
		return "Approved.", err
	}))
	r.AddPrompt(PromptItem{Name: "ask_first", Description: "Asks.", Handler: HandlePromptNoInput(func(ctx context.Context) (string, error) {
		_, err := Elicit[approval](ctx, "sure", "Sure?")
		return "Approved.", err
	})})
	r.AddResource(ResourceItem{Name: "guarded", Description: "Asks.", Metadata: ResourceMetadata{URI: "app://guarded"},
		Handler: HandleResourceNoInput(func(ctx context.Context) (string, error) {
			_, err := Elicit[approval](ctx, "sure", "Sure?")
			return "Guarded.", err
		})})
}

type routedInput struct {
	Region string `json:"region"`
	Shard  *int   `json:"shard"`
	Dry    bool   `json:"dry"`
}

// routedTool adds a tool whose arguments clients repeat in headers.
func routedTool(r *Registry) {
	tool1(r, "routed", `{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"shard":{"type":"integer","x-mcp-header":"Shard"},"dry":{"type":"boolean","x-mcp-header":"Dry-Run"}},"additionalProperties":false}`,
		"", ToolMetadata{}, HandleTool(func(_ context.Context, in routedInput) (string, error) { return in.Region, nil }))
}
