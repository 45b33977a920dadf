package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
)

var hiddenField = regexp.MustCompile(`name="(request|csrf)" value="([^"]+)"`)

// browser stands in for the program that BROWSER names: it opens the page of the stand-in, chooses the person of its first
// argument, or denies, and follows where it is sent.
func browser() {
	if err := browse(os.Args[1], os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

func browse(who, page string) error {
	text, err := fetch(http.Get(page))
	if err != nil {
		return err
	}
	form := url.Values{"person": {who}, "decision": {"allow"}}
	if who == "deny" {
		form = url.Values{"decision": {"deny"}}
	}
	for _, m := range hiddenField.FindAllStringSubmatch(text, -1) {
		form.Set(m[1], m[2])
	}
	address, _, _ := strings.Cut(page, "?")
	_, err = fetch(http.PostForm(address, form))
	return err
}

func fetch(res *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusBadRequest {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	return string(text), err
}
