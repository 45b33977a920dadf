package review

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// text looks for what a text hides from people.
func (r *reviewer) text(path, text string) {
	if what := unseen(text); what != "" {
		r.add("hidden-characters", path, "has %s", what)
	}
	if what := r.instruction(text); what != "" {
		r.add("hidden-instructions", path, "%s", what)
	}
}

// maxEmpty are the lines, and the blanks in one, behind which nobody looks.
const (
	maxEmptyLines = 12
	maxBlanks     = 100
)

// unseen names the first thing in a text that a person does not see.
func unseen(text string) string {
	runes := []rune(text)
	lines, blanks := 0, 0
	for i, c := range runes {
		switch {
		case c >= 0xE0000 && c <= 0xE007F:
			return fmt.Sprintf("a tag character (U+%05X), by which text is hidden", c)
		case c == 0x200D && i > 0 && i+1 < len(runes) && pictograph(runes[i-1]) && pictograph(runes[i+1]): // joins two pictures into one
		case c == 0xFE0F && i > 0 && pictograph(runes[i-1]): // shows a sign as a picture
		case c == 0x200C && i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]) && runes[i-1] > 0x500: // spelling of Persian and others
		case c == 0x200D && i > 0 && runes[i-1] > 0x900 && unicode.In(runes[i-1], unicode.Mn, unicode.Mc): // spelling of languages of India
		case invisible(c):
			return fmt.Sprintf("an invisible character (U+%04X)", c)
		case unicode.IsControl(c) && c != '\n' && c != '\t' && c != '\r':
			return fmt.Sprintf("a control character (U+%04X)", c)
		}
		switch {
		case c == '\n':
			lines, blanks = lines+1, 0
		case unicode.IsSpace(c):
			blanks++
		default:
			if lines > maxEmptyLines || blanks > maxBlanks {
				return "text behind a long empty space"
			}
			lines, blanks = 0, 0
		}
	}
	return ""
}

// invisible are characters without a shape of their own (Unicode: default ignorable, and controls of direction).
func invisible(c rune) bool {
	switch {
	case unicode.Is(unicode.Cf, c) && (c < 0x600 || c > 0x605) && c != 0x6DD && c != 0x70F && c != 0x8E2: // marks of Arabic and Syriac are seen
		return true
	case unicode.Is(unicode.Variation_Selector, c), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c):
		return true
	case unicode.Is(unicode.Co, c), unicode.Is(unicode.Noncharacter_Code_Point, c):
		return true
	}
	return c == 0x2800 || c == 0x3164 || c == 0xFFA0 // blanks that count as letters
}

func pictograph(c rune) bool {
	return unicode.Is(unicode.So, c) || unicode.Is(unicode.Sk, c) || c == 0xFE0F || c == '#' || c == '*' || c == 0x2194 || c >= '0' && c <= '9' || c >= 0x1F000 && c <= 0x1FAFF
}

// suspicions are what descriptions say that speak past the person. Each is a way of poisoning that has been seen.
func suspicions() []suspicion {
	var all []suspicion
	for _, s := range [][2]string{
		{`(?i)\b(ignore|disregard|forget|override)\s+(all\s+|any\s+|the\s+|your\s+|of\s+)*(previous|prior|earlier|above|preceding|other|system)\s+(instructions?|prompts?|rules?|messages?)`, "tells the model to drop its instructions"},
		{`(?i)\b(do\s+not|don't|never|must\s+not|without)\s+(ever\s+)?(tell|telling|inform|informing|mention|mentioning|notify|notifying|reveal|revealing|alert|alerting|show|showing|ask|asking)\b[^.\n]{0,30}\b(the\s+)?(user|human|person|anyone|people)\b`, "asks the model to keep something from the user"},
		{`(?i)(hide|conceal|keep)\s+(this|it|that)\s+(secret\s+)?from\s+(the\s+)?(user|human)`, "asks the model to keep something from the user"},
		{`(?i)<\s*/?\s*(important|system|instructions?|secret|hidden|admin|assistant|user_query)\s*>`, "has the marks of a system message"},
		{`(?i)<\|?(im_start|im_end|endoftext|system|assistant)\|?>|\[/?INST\]|<<SYS>>`, "has the marks of a system message"},
		{`(?i)\b(system\s+prompt|you\s+are\s+now\s+(a|an|in)\b)`, "speaks of the system prompt, or gives the model another role"},
		{`(?i)\b(before|prior\s+to|instead\s+of)\s+(using|calling|invoking|running)\s+(any|all|every|the)\s+other\s+tools?\b`, "puts itself before other tools"},
		{`(?i)\b(always|must)\s+(first\s+)?(call|use|invoke|run)\s+this\s+tool\s+(first|before)`, "puts itself before other tools"},
		{`(?i)(~/\.ssh|\bid_(rsa|ed25519)\b|/etc/(passwd|shadow)|\.aws/credentials|\.cursor/mcp\.json|claude_desktop_config\.json|\.env\s+file|private\s+keys?\s+of\s+the\s+user)`, "names files with secrets of the user"},
		{`(?i)\b(contents?|value)\s+of\s+(the\s+)?(file|environment|conversation|chat\s+history|context)[^.\n]{0,60}\b(as|in|into)\s+(the\s+)?['"\x60]?\w+['"\x60]?\s+(argument|parameter|field)`, "asks for data of the user in an argument"},
		{`<!--`, "has a comment that is not shown"},
		{`(?i)!\[[^\]]*\]\(\s*https?:`, "has a picture that is loaded from elsewhere"},
		{`[A-Za-z0-9+/]{120,}={0,2}`, "has a long run of encoded text"},
	} {
		all = append(all, suspicion{regexp.MustCompile(s[0]), s[1]})
	}
	return all
}

type suspicion struct {
	pattern *regexp.Regexp
	reason  string
}

// instruction says why a text looks as if it spoke past the person; empty when it does not.
func (r *reviewer) instruction(text string) string {
	for _, s := range r.suspicions {
		if found := s.pattern.FindString(text); found != "" {
			return fmt.Sprintf("%s: %q", s.reason, shorten(strings.Join(strings.Fields(found), " ")))
		}
	}
	return ""
}

func shorten(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
