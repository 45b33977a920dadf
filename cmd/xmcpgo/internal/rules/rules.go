// Package rules is what a finding refers to: a rule with an identifier, a level and a reason. The rules themselves stand in the packages
// that find something, compare and review.
package rules

// Level says how much a finding weighs.
type Level string

// The levels: of changes, and of problems.
const (
	Breaking   Level = "breaking"
	Compatible Level = "compatible"
	Error      Level = "error"
	Warning    Level = "warning"
)

// Levels lists them all.
func Levels() []Level { return []Level{Breaking, Compatible, Error, Warning} }

// Fails reports whether such a finding is a reason to stop.
func (l Level) Fails() bool { return l == Breaking || l == Error }

// Rule says what was found. The identifiers are stable: configurations and scripts name them.
type Rule struct {
	ID    string
	Level Level
	// About is a sentence or two: what it is, and what that means for clients.
	About string
}

// Rule makes a rule of a level.
func (l Level) Rule(id, about string) Rule { return Rule{ID: id, Level: l, About: about} }

// List is rules in the order of the documentation.
type List []Rule

// IDs are the identifiers of the rules.
func (l List) IDs() []string {
	var ids []string
	for _, r := range l {
		ids = append(ids, r.ID)
	}
	return ids
}

// Lookup finds a rule; nil when there is none of that name.
func (l List) Lookup(id string) *Rule {
	for i := range l {
		if l[i].ID == id {
			return &l[i]
		}
	}
	return nil
}
