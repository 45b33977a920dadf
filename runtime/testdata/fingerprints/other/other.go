// Package other has types for the fingerprints of another package's.
package other

// Leaf shares its name with a type of the package above.
type Leaf struct {
	Name string
	note string
}

// Outer is embedded above.
type Outer struct{ Inner *inner }

type inner struct{ Depth int }
