package review

import "slices"

// Rule says what is wrong and for whom. The identifiers are stable: configurations and scripts name them.
type Rule struct {
	ID    string
	Error bool
	// About is the reason, in a sentence or two.
	About string
}

// Level is "error" or "warning".
func (r *Rule) Level() string {
	if r.Error {
		return "error"
	}
	return "warning"
}

// Rules lists all rules, in the order of the documentation.
func Rules() []Rule { return slices.Clone(rules) }

// Lookup finds a rule; nil when there is none of that name.
func Lookup(id string) *Rule {
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i]
		}
	}
	return nil
}

var rules = []Rule{
	{"name-characters", true, "The name of a tool has other characters than letters, digits, `_` and `-`. MCP allows the dot; Claude, Copilot and OpenAI's models refuse the whole request."},
	{"name-long", true, "The name of a tool has more than 64 characters, which Claude and OpenAI's models refuse."},
	{"name-near-limit", false, "The name of a tool has more than 50 characters. Cursor drops a tool whose name has more than 60 together with the server's; others put the server's name in front, too."},
	{"name-confusable", true, "The names of two tools differ only in case or in `-`, `_` and `.`, which clients replace by one another."},

	{"description-missing", true, "There is nothing for the model to read."},
	{"description-long", false, "The description of a tool has more than 1024 characters, which OpenAI's models refuse or cut."},
	{"description-cut", true, "The description of a tool has more than 2048 characters, and Claude Code cuts it there without a word."},
	{"argument-undescribed", false, "An argument has no description, so the model guesses what it means."},

	{"destructive-unsaid", false, "The name of a tool says that it removes or overwrites something, and no annotation says whether it does."},
	{"destructive-denied", true, "The name of a tool says that it removes or overwrites something, and its annotations say that it does not: clients then call it without asking."},

	{"schema-root", true, "The input schema is not an object, or has a union or a condition at its root, which Claude and OpenAI's models refuse."},
	{"property-name", true, "An argument has a name that Claude refuses: 1 to 64 letters, digits, `_`, `-` and `.` are allowed."},
	{"array-items", true, "A list has no schema for its items, which VS Code, OpenAI's models and Gemini refuse."},
	{"reference-outside", true, "A schema refers to another document, which no client fetches."},
	{"reference-broken", true, "A schema refers to a place that does not exist."},
	{"schema-recursive", false, "A schema contains itself, which Gemini and some clients refuse or cut off."},
	{"type-list", false, "An argument has several types, which Gemini refuses; say it by leaving the argument out, or by two arguments."},
	{"enum-not-text", false, "A list of values has other values than texts, which Gemini refuses."},
	{"keyword-unsupported", false, "A keyword of JSON Schema that many clients drop or refuse, so that the model does not learn of it."},
	{"pattern-odd", false, "A pattern that is no RE2, such as one that looks ahead. Clients in other languages than JavaScript refuse it."},

	{"hidden-characters", true, "A text has characters that people do not see and models read: tags, zero-width characters, controls of direction, or a text far behind empty space."},
	{"hidden-instructions", true, "A text speaks to the model past the person: it asks for secrecy, for other tools first, for secrets, or has the marks of a system message. Clients that scan tools for poisoning reject it."},

	{"tools-many", false, "There are more than 128 tools, and VS Code and OpenAI's models take no more in one request."},
	{"tool-budget", true, "A tool takes more tokens than the budget in the configuration."},
	{"server-budget", true, "All tools together take more tokens than the budget in the configuration."},
}
