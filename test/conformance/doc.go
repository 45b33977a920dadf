// Package conformance holds examples/conformance against the official conformance suite (npm, pinned in test/clients):
// every revision of the protocol that the suite knows, on one endpoint of one running process in one configuration.
//
// It is stricter than the suite: a warning is a failure, and so is a scenario that leaves no result behind.
//
//	go test ./test/conformance -v                            each revision once
//	go test ./test/conformance -v -rounds 20 -repeats 100    what `make conformance` runs
//
// `make setup` brings the suite and the Node that runs it; without it the tests fail and say so.
package conformance
