package args

// bitset is a set of small integers. The first 128 need no memory of their own.
type bitset struct {
	few  [2]uint64
	many []uint64
}

func newBitset(n int) (b bitset) {
	if n > 64*len(b.few) {
		b.many = make([]uint64, (n+63)/64-len(b.few))
	}
	return b
}

func (b *bitset) word(i int) *uint64 {
	if w := i / 64; w >= len(b.few) {
		return &b.many[w-len(b.few)]
	}
	return &b.few[i/64]
}

func (b *bitset) set(i int)      { *b.word(i) |= 1 << (i % 64) }
func (b *bitset) has(i int) bool { return *b.word(i)&(1<<(i%64)) != 0 }
