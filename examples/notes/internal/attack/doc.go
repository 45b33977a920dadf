// Package attack attacks the running app: over HTTP, with a stand-in for the Scalekit environment beside it whose keys the tests
// have, so that any token can be made. Its tests are numbered as the rows of docs/attacks.md, which says what each of
// them expects; whatever does not depend on the era is tried in both.
package attack
