// Package other has types with the names of another package's.
package other

// Point has whole coordinates.
type Point struct {
	X int `json:"x"`
	// Z is what the other one has not.
	Z int `json:"z"`
}

// Color is without constants here.
type Color string
