package xmcp

import (
	"encoding/base64"

	"github.com/mark3labs/mcp-go/mcp"
)

// The content of results is made of the protocol's own types.
type (
	// Content is one block of a tool result or a message: text, image, audio, a resource link or an embedded resource.
	Content = mcp.Content
	// Role is who speaks in a message: [RoleUser] or [RoleAssistant].
	Role = mcp.Role
	// Icon is an image that clients may show beside an item.
	Icon = mcp.Icon
	// Message is one message of a prompt.
	Message = mcp.PromptMessage
	// ResourceContents is the content of a resource: [mcp.TextResourceContents] or [mcp.BlobResourceContents].
	ResourceContents = mcp.ResourceContents
)

const (
	RoleUser      = mcp.RoleUser
	RoleAssistant = mcp.RoleAssistant
)

// Result is what a tool returns when neither a string nor one JSON value says it: several blocks, images, audio, links,
// embedded resources. A Result is read only while the call lasts and is never changed, so it may be shared between calls.
type Result struct {
	Content []Content
	// Structured becomes structuredContent: any value that encoding/json can write. Nil leaves it out.
	Structured any
	// IsError marks the result as a failure that the model can read.
	IsError bool
	// Meta becomes _meta of the result.
	Meta map[string]any
}

// PromptResult is what a prompt returns when its messages need a description or metadata of their own.
type PromptResult struct {
	Description string
	Messages    []Message
	Meta        map[string]any
}

// ResourceResult is what a resource returns when one text or one blob does not say it.
type ResourceResult struct {
	Contents []ResourceContents
	Meta     map[string]any
}

// Text is a text block.
func Text(s string) Content { return mcp.NewTextContent(s) }

// Image is an image block; mimeType is one like "image/png".
func Image(data []byte, mimeType string) Content {
	return mcp.NewImageContent(base64.StdEncoding.EncodeToString(data), mimeType)
}

// Audio is an audio block; mimeType is one like "audio/wav".
func Audio(data []byte, mimeType string) Content {
	return mcp.NewAudioContent(base64.StdEncoding.EncodeToString(data), mimeType)
}

// Link points to a resource that the client can read.
func Link(uri, name, description, mimeType string) Content {
	return mcp.NewResourceLink(uri, name, description, mimeType)
}

// EmbedText embeds a text resource.
func EmbedText(uri, mimeType, text string) Content {
	return mcp.NewEmbeddedResource(mcp.TextResourceContents{URI: uri, MIMEType: mimeType, Text: text})
}

// EmbedBlob embeds a binary resource.
func EmbedBlob(uri, mimeType string, data []byte) Content {
	return mcp.NewEmbeddedResource(BlobContents(uri, mimeType, data))
}

// TextContents is the content of a text resource.
func TextContents(uri, mimeType, text string) ResourceContents {
	return mcp.TextResourceContents{URI: uri, MIMEType: mimeType, Text: text}
}

// BlobContents is the content of a binary resource.
func BlobContents(uri, mimeType string, data []byte) ResourceContents {
	return mcp.BlobResourceContents{URI: uri, MIMEType: mimeType, Blob: base64.StdEncoding.EncodeToString(data)}
}

// UserMessage is one message of a prompt in the user's voice.
func UserMessage(c Content) Message { return mcp.NewPromptMessage(RoleUser, c) }

// AssistantMessage is one message of a prompt in the model's voice.
func AssistantMessage(c Content) Message { return mcp.NewPromptMessage(RoleAssistant, c) }
