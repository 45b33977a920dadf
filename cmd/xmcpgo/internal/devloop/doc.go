// Package devloop builds an app and runs it as a process that ends with the command that started it: the stages of a
// development loop, each of which can be repeated.
//
// An [App] is built into a folder of its own, and each build is started as a [Process] in a process group of its own. A process
// is asked to stop as a supervisor would, then killed with all that it has started. Where the system can do it, it ends with
// its parent even when that is killed.
package devloop
