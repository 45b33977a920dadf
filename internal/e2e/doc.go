// Package e2e tests what no single package can show: a plugin in a module of its own, written from the docs, that an app adds
// by go get and one line.
package e2e
