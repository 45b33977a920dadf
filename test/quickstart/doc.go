// Package quickstart runs the README's quick start word for word: its commands,
// its file, its requests, and compares the answers with those it shows. Only the
// folder of the new app and the port differ, so that a run disturbs nothing.
package quickstart
