//go:build unix

package quickstart

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

// signInAs begins the argument that makes this program the browser of a person.
const signInAs = "sign-in-as="

// TestMain lets the test binary be the program that BROWSER names: it opens a page and chooses somebody.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && strings.HasPrefix(os.Args[1], signInAs) {
		if err := signIn(strings.TrimPrefix(os.Args[1], signInAs), os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "browser:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// signIn chooses a person on the page of the stand-in, as a click does, and follows where it is sent.
func signIn(person, page string) error {
	shown, err := text(http.Get(page))
	if err != nil {
		return err
	}
	form := url.Values{"person": {person}, "decision": {"allow"}}
	for _, m := range regexp.MustCompile(`name="(request|csrf)" value="([^"]+)"`).FindAllStringSubmatch(shown, -1) {
		form.Set(m[1], m[2])
	}
	address, _, _ := strings.Cut(page, "?")
	_, err = text(http.PostForm(address, form))
	return err
}

func text(resp *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(resp.Body)
	err = errors.Join(err, resp.Body.Close())
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, data)
	}
	return string(data), err
}
