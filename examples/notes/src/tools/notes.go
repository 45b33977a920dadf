// Package tools holds the tools: one file each.
package tools

import "github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"

// Notes holds the tools that need a store: they are its methods, and main gives it one.
type Notes struct {
	Store notes.Store
}
