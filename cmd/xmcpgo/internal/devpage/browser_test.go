package devpage

import (
	"os"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestSignedIn: somebody signs in and saves a note, somebody else sees none and hits the wall; a scope is asked for when it is needed.
func TestSignedIn(t *testing.T) {
	t.Parallel()
	a := newApp(t, signIn)
	browser.Start(t).Story(t, "testdata/signed_in.mjs", a.url, browser.Env{"standIn": a.standIn})
}

// TestCalls: progress and log lines as they come, questions, cancelling, all kinds of arguments and results.
func TestCalls(t *testing.T) {
	t.Parallel()
	a := newApp(t, open)
	browser.Start(t).Story(t, "testdata/calls.mjs", a.url)
}

// TestItems: prompts, resources, templates; the page by keyboard alone; what the newest source is up to.
func TestItems(t *testing.T) {
	t.Parallel()
	a := newApp(t, open)
	browser.Start(t).Story(t, "testdata/items.mjs", a.url)
}

// TestParts reads challenges, events, schemas and URI templates.
func TestParts(t *testing.T) {
	t.Parallel()
	a := newApp(t, open)
	browser.Start(t).Story(t, "testdata/parts.mjs", a.url)
}

// TestKey: who has a key needs no sign-in.
func TestKey(t *testing.T) {
	t.Parallel()
	a := newApp(t, byKey)
	browser.Start(t).Story(t, "testdata/key.mjs", a.url, browser.Env{"key": theKey})
}
