// Package quickstart runs the README's quick start word for word: its commands, its files, its requests, and compares the answers
// with those it shows. Only the folder of the new app and the ports differ, so that a run disturbs nothing, and the browser is one
// that chooses by itself. With -newcomer it begins with empty caches, as on a machine that has never seen the project, and fails
// when it takes longer than five minutes.
package quickstart
