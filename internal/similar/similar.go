// Package similar tells how far a misspelt name is from a known one, for the generator, the runtime and the commands. What is near enough is
// theirs to say. It imports nothing, since servers link it.
package similar

// Distance counts the insertions, deletions, replacements and swaps of neighbours that make a into b, in bytes (the optimal string
// alignment distance). It takes time in proportion to the product of the lengths.
func Distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
