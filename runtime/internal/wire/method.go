package wire

// Method names (MCP 2025-11-25 and 2026-07-28, schema).
const (
	Initialize            = "initialize"
	Discover              = "server/discover"
	Ping                  = "ping"
	ToolsList             = "tools/list"
	ToolsCall             = "tools/call"
	PromptsList           = "prompts/list"
	PromptsGet            = "prompts/get"
	ResourcesList         = "resources/list"
	ResourceTemplatesList = "resources/templates/list"
	ResourcesRead         = "resources/read"
	ResourcesSubscribe    = "resources/subscribe"
	ResourcesUnsubscribe  = "resources/unsubscribe"
	CompletionComplete    = "completion/complete"
	LoggingSetLevel       = "logging/setLevel"
	SubscriptionsListen   = "subscriptions/listen"

	NotifyCancelled        = "notifications/cancelled"
	NotifyProgress         = "notifications/progress"
	NotifyMessage          = "notifications/message"
	NotifyToolsChanged     = "notifications/tools/list_changed"
	NotifyPromptsChanged   = "notifications/prompts/list_changed"
	NotifyResourcesChanged = "notifications/resources/list_changed"
	NotifyResourceUpdated  = "notifications/resources/updated"
	NotifySubscriptionsAck = "notifications/subscriptions/acknowledged"
	CreateElicitation      = "elicitation/create"
	CreateSamplingMessage  = "sampling/createMessage"
	ListRoots              = "roots/list"
)

// Protocol revisions that are served.
const (
	Version20250326 = "2025-03-26"
	Version20250618 = "2025-06-18"
	Version20251125 = "2025-11-25"
	Version20260728 = "2026-07-28"
)

// Era is the family of protocol revisions that a request belongs to. It decides sessions, status codes and error codes.
type Era uint8

const (
	// Legacy revisions begin with initialize: 2025-11-25 and before.
	Legacy Era = iota
	// Modern requests carry everything in _meta: 2026-07-28.
	Modern
)

// legacyVersions are the revisions that initialize can agree on, newest first.
var legacyVersions = [...]string{Version20251125, Version20250618, Version20250326}

// NegotiateLegacy returns the revision that initialize answers: the one asked for where it is served, else the newest.
func NegotiateLegacy(asked string) string {
	if IsLegacy(asked) {
		return asked
	}
	return legacyVersions[0]
}

// IsLegacy tells whether the revision is one that initialize can agree on.
func IsLegacy(version string) bool {
	for _, v := range legacyVersions {
		if v == version {
			return true
		}
	}
	return false
}

// word returns the value of a string literal, as a constant for the words that nearly every message has. It is empty for what
// is no string.
func word(lit []byte) string {
	switch string(lit) {
	case `"tools/call"`:
		return ToolsCall
	case `"tools/list"`:
		return ToolsList
	case `"2026-07-28"`:
		return Version20260728
	}
	s, err := Unquote(lit)
	if err != nil {
		return ""
	}
	return s
}
