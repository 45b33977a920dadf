//go:build !unix

package xmcp

// withoutSIGPIPE has nothing to do: such a write is an error here anyway.
func withoutSIGPIPE() (undo func()) { return func() {} }
