// Package remote is a small MCP client: it lists what a server offers and calls its tools, over HTTP or over the standard
// streams of a program.
//
// It speaks the revision 2026-07-28, in which each request stands for itself, and falls back to initialize for servers that
// know earlier ones only. It declares no capabilities, so a server cannot ask it anything back. The command line is built
// by every app, so this package does with the standard library.
package remote
