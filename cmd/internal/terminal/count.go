package terminal

import "fmt"

// Count is a number of things in words: "no tools", "1 tool", "3 tools".
func Count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
