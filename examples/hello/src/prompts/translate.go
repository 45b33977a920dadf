package prompts

import (
	"context"
	"fmt"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TranslateMetadata makes Translate a prompt.
var TranslateMetadata = xmcp.PromptMetadata{Title: "Translate a text"}

// TranslateInput holds the arguments that a person fills in.
type TranslateInput struct {
	// Text to translate.
	Text string `json:"text"`
	// Language to translate into.
	Language string `json:"language"`
}

// Translate asks for a translation, with an example of the form.
func Translate(_ context.Context, in TranslateInput) ([]xmcp.Message, error) {
	return []xmcp.Message{
		xmcp.UserMessage(xmcp.Text("Translate into French: Good morning")),
		xmcp.AssistantMessage(xmcp.Text("Bonjour")),
		xmcp.UserMessage(xmcp.Text(fmt.Sprintf("Translate into %s: %s", in.Language, in.Text))),
	}, nil
}

// CompleteTranslate suggests languages while a person types one.
func CompleteTranslate(_ context.Context, req xmcp.CompleteRequest) ([]string, error) {
	if req.Argument != "language" {
		return nil, nil
	}
	var fit []string
	for _, language := range []string{"Finnish", "French", "Hindi", "Swahili"} {
		if strings.HasPrefix(strings.ToLower(language), strings.ToLower(req.Value)) {
			fit = append(fit, language)
		}
	}
	return fit, nil
}
