//go:build race

package args

// raceEnabled tells that sync.Pool drops values at random, so that allocations can't be counted.
const raceEnabled = true
