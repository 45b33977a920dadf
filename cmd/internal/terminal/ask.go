package terminal

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Ask reads one line; an empty one means the preset. At the end of the input it is an error, for nobody can answer.
func (t *Terminal) Ask(question, preset string) (string, error) {
	fmt.Fprintf(t.Stderr, "%s %s ", t.ErrColour.Bold(question), t.ErrColour.Dim("("+preset+")"))
	line, err := t.Stdin.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(t.Stderr)
		return "", fmt.Errorf("read the answer to %q: %w", question, err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return preset, nil
	}
	return line, nil
}

// Choice is one answer of several.
type Choice struct{ Name, Summary string }

// Choose lets a person choose by name or number. The first choice is the preset. Who answers nonsense three times does not want to
// choose.
func (t *Terminal) Choose(question string, choices []Choice) (string, error) {
	width := 0
	for _, c := range choices {
		width = max(width, len(c.Name))
	}
	fmt.Fprintln(t.Stderr, t.ErrColour.Bold(question))
	for i, c := range choices {
		fmt.Fprintf(t.Stderr, "  %d  %-*s  %s\n", i+1, width, c.Name, t.ErrColour.Dim(c.Summary))
	}
	for range 3 {
		answer, err := t.Ask("Name or number?", choices[0].Name)
		if err != nil {
			return "", err
		}
		for i, c := range choices {
			if strings.EqualFold(answer, c.Name) || answer == strconv.Itoa(i+1) {
				return c.Name, nil
			}
		}
		fmt.Fprintf(t.Stderr, "%q is none of them.\n", answer)
	}
	return "", errors.New(strings.TrimSuffix(question, "?") + ": no answer that could be understood")
}
