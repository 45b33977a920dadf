// Package pages looks at the home page in Chromium, as people use it: with keyboard and clipboard, in light and dark, on a small
// screen, without scripts.
package pages
