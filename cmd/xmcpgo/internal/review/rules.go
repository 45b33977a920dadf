package review

import (
	"slices"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/rules"
)

// Rules lists all rules. By each, a problem is either an error or a warning.
func Rules() rules.List { return slices.Clone(table) }

var table = rules.List{
	rules.Error.Rule("name-characters", "The name of a tool has other characters than letters, digits, `_` and `-`. MCP allows the dot; Claude, Copilot and OpenAI's models refuse the whole request."),
	rules.Error.Rule("name-long", "The name of a tool has more than 64 characters, which Claude and OpenAI's models refuse."),
	rules.Warning.Rule("name-near-limit", "The name of a tool has more than 50 characters. Cursor drops a tool whose name has more than 60 together with the server's; others put the server's name in front, too."),
	rules.Error.Rule("name-confusable", "The names of two tools differ only in case or in `-`, `_` and `.`, which clients replace by one another."),

	rules.Error.Rule("description-missing", "There is nothing for the model to read."),
	rules.Warning.Rule("description-long", "The description of a tool has more than 1024 characters, which OpenAI's models refuse or cut."),
	rules.Error.Rule("description-cut", "The description of a tool has more than 2048 characters, and Claude Code cuts it there without a word."),
	rules.Warning.Rule("argument-undescribed", "An argument has no description, so the model guesses what it means."),

	rules.Warning.Rule("destructive-unsaid", "The name of a tool says that it removes or overwrites something, and no annotation says whether it does."),
	rules.Error.Rule("destructive-denied", "The name of a tool says that it removes or overwrites something, and its annotations say that it does not: clients then call it without asking."),

	rules.Error.Rule("schema-root", "The input schema is not an object, or has a union or a condition at its root, which Claude and OpenAI's models refuse."),
	rules.Error.Rule("property-name", "An argument has a name that Claude refuses: 1 to 64 letters, digits, `_`, `-` and `.` are allowed."),
	rules.Error.Rule("array-items", "A list has no schema for its items, which VS Code, OpenAI's models and Gemini refuse."),
	rules.Error.Rule("reference-outside", "A schema refers to another document, which no client fetches."),
	rules.Error.Rule("reference-broken", "A schema refers to a place that does not exist."),
	rules.Warning.Rule("schema-recursive", "A schema contains itself, which Gemini and some clients refuse or cut off."),
	rules.Warning.Rule("type-list", "An argument has several types, which Gemini refuses; say it by leaving the argument out, or by two arguments."),
	rules.Warning.Rule("enum-not-text", "A list of values has other values than texts, which Gemini refuses."),
	rules.Warning.Rule("keyword-unsupported", "A keyword of JSON Schema that many clients drop or refuse, so that the model does not learn of it."),
	rules.Warning.Rule("pattern-odd", "A pattern that is no RE2, such as one that looks ahead. Clients in other languages than JavaScript refuse it."),

	rules.Error.Rule("hidden-characters", "A text has characters that people do not see and models read: tags, zero-width characters, controls of direction, or a text far behind empty space."),
	rules.Error.Rule("hidden-instructions", "A text speaks to the model past the person: it asks for secrecy, for other tools first, for secrets, or has the marks of a system message. Clients that scan tools for poisoning reject it."),

	rules.Warning.Rule("tools-many", "There are more than 128 tools, and VS Code and OpenAI's models take no more in one request."),
	rules.Error.Rule("tool-budget", "A tool takes more tokens than the budget in the configuration."),
	rules.Error.Rule("server-budget", "All tools together take more tokens than the budget in the configuration."),
}
