package load

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets of at most 1/32 of their size, from 1 µs to an hour.
type histogram struct {
	counts [32 * 40]uint64
	total  uint64
}

func bucket(d time.Duration) int {
	us := uint64(max(d.Microseconds(), 0))
	if us < 32 {
		return int(us)
	}
	shift := bits.Len64(us) - 6 // leaves six bits, of which the first is set
	return min(32*(shift+1)+int(us>>shift)-32, 32*40-1)
}

// upper is the largest duration of a bucket.
func upper(i int) time.Duration {
	if i < 32 {
		return time.Duration(i) * time.Microsecond
	}
	shift := i/32 - 1
	return time.Duration((uint64(i%32+33)<<shift)-1) * time.Microsecond
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucket(d)]++
	h.total++
}

func (h *histogram) merge(o *histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.total += o.total
}

// quantile returns the duration that a share of all did not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	rank := uint64(q * float64(h.total))
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen > rank {
			return upper(i)
		}
	}
	return 0
}
