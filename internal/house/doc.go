// Package house holds the rules of this repository as tests: which package may
// import which, what a module file may say, how long a file may be, that
// generated files are fresh, that documentation compiles and its links resolve.
//
// The rules run with every other test. A rule that has to give way is changed
// here, with its reason, and not worked around elsewhere.
package house
