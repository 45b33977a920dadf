// Package devloop keeps the newest good build of an app serving while its source changes.
//
// An [App] compiles the source into a folder of its own, each time another program, and starts a program as a [Process]: in a
// process group of its own, with a pipe as its input that ends when this process does. A process is asked to stop as a supervisor
// would and by the end of its input, then killed with all that it has started.
//
// A [Loop] is what brings builds and a [proxy.Proxy] together. Its rules:
//
//   - One attempt at a time: a change calls off what is being compiled or started, and begins anew.
//   - A build takes over when it is ready, and not before. Until then, and when it never is, the one before goes on.
//   - The one before finishes what it has begun, within bounds on time and number.
//   - An app that ends by itself is started again by the next change, not before, so that nothing spins.
//   - When the loop ends, all that it has started has ended.
package devloop
