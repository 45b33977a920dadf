// Package watch tells when files have changed.
//
// A [Watcher] looks at a [Set] of files at short intervals and reports what differs in content, once it has been quiet for a
// moment:
//
//	w := watch.New(watch.Config{}, watch.Set{Trees: []watch.Tree{{Dir: ".", Deep: true}}})
//	go w.Run(ctx)
//	for changed := range w.Changes() { … }
//
// Looking costs a stat for each file, and the interval grows with that cost, so that it stays below a hundredth of one
// processor. That works alike on every system, in containers, and on network and shared file systems, which send no events; and
// it needs neither a module nor a limit of the system to be raised. A save that changes nothing, such as that of an editor that writes
// all open files, is no change, and neither are an editor's temporary files.
package watch
