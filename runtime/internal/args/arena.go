package args

import "strings"

// arena is memory for the short strings of one call, so that not each of them is an allocation. Whoever keeps one of them keeps
// the others of its chunk in memory, which is why chunks are small and long strings have memory of their own.
type arena struct{ strings.Builder }

const (
	arenaChunk  = 512
	arenaString = 128
)

// keep returns a copy of b, a string that was just read.
func (p *parser) keep(b []byte) string {
	n := len(b)
	if n > arenaString {
		return string(b)
	}
	a := &p.strings
	if a.Cap()-a.Len() < n {
		a.Reset() // its strings have their own hold on the chunk
		a.Grow(max(n, min(arenaChunk, n+len(p.data)-p.pos)))
	}
	start := a.Len()
	a.Write(b)
	return a.String()[start:]
}
