package signin

import (
	"errors"
	"os/exec"
	"strings"
	"time"
)

// ErrNoProgram tells that there is no program to show a page with.
var ErrNoProgram = errors.New("there is no browser")

// OpenBrowser shows a page. env looks up the environment: BROWSER names programs to try, separated by colons (semicolons on
// Windows), each with arguments and %s for the URL where it does not come last. Without it, the desktop decides.
func OpenBrowser(goos string, env func(string) string, page string) error {
	separator := ":"
	if goos == "windows" {
		separator = ";"
	}
	var tries [][]string
	for _, entry := range strings.Split(env("BROWSER"), separator) {
		if argv := strings.Fields(entry); len(argv) > 0 {
			tries = append(tries, withPage(argv, page))
		}
	}
	if len(tries) == 0 {
		switch {
		case goos == "darwin":
			tries = [][]string{{"open", page}}
		case goos == "windows":
			tries = [][]string{{"rundll32", "url.dll,FileProtocolHandler", page}}
		case env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != "":
			tries = [][]string{{"xdg-open", page}}
		}
	}
	for _, argv := range tries {
		if start(argv) == nil {
			return nil
		}
	}
	return ErrNoProgram
}

// withPage puts the URL where the program wants it.
func withPage(argv []string, page string) []string {
	placed := false
	for i, a := range argv {
		if strings.Contains(a, "%s") {
			argv[i], placed = strings.ReplaceAll(a, "%s", page), true
		}
	}
	if !placed {
		argv = append(argv, page)
	}
	return argv
}

// start runs a program. One that fails at once has shown nothing; one that goes on is the browser itself.
func start(argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(2 * time.Second):
		return nil
	}
}
