// Package devpage is the page on which an app in development is tried: an MCP client in the browser, below [Path] of the app's own
// origin, so that it needs no CORS. It speaks protocol 2026-07-28 to the real endpoint, signs in by the real OAuth flow, makes forms
// of schemas, runs tools with their progress and log lines, puts their questions to the person, and shows every message.
//
// It is plain HTML, CSS and modules of JavaScript, one concept a file, as a browser takes them: there is nothing to build. main.js
// joins the parts; endpoint.js is the protocol, oauth.js the sign-in, form.js the forms, run.js a call. What servers say is text and
// never markup, which the page's Content-Security-Policy makes certain. Tokens live in the tab.
//
// The caller lets in only requests whose Host header names this machine or the app's public URL, so that no other site can
// reach the page by a name of its own.
package devpage
