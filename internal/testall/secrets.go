package main

import (
	"fmt"
	"regexp"
	"strings"
)

// secretShapes are what no log may hold. Tests sign in with real tokens of a stand-in, and what they and the programs that they
// start write is all here, so a token that any of them logs is found.
var secretShapes = []struct {
	name  string
	shape *regexp.Regexp
}{
	{"a token", regexp.MustCompile(`eyJ[\w-]{8,}\.eyJ[\w-]{8,}`)},
	{"a refresh token", regexp.MustCompile(`\brft_[A-Z2-7]{16,}`)},
	{"a client secret", regexp.MustCompile(`\b(?:dev-secret|robot-secret)\b`)},
	{"an API key", regexp.MustCompile(`\b(?:ann|bob|eve)-key-[0-9a-f]{16}`)},
	{"credentials in a header", regexp.MustCompile(`(?i)\bbearer\s+[\w~+/.-]{20,}`)},
	{"a secret in JSON", regexp.MustCompile(`\\?"(?:access_token|refresh_token|id_token|client_secret|code_verifier)\\?"\s*:\s*\\?"[^"\\\s]{8,}`)},
	{"a secret in a query", regexp.MustCompile(`(?i)[?&](?:access_token|refresh_token|client_secret|code_verifier|code|token)=[^&\s"'<>\\]{8,}`)},
	{"a password in a URL", regexp.MustCompile(`[a-z]://[^/\s:@"'<]+:[^/\s@"'<]{3,}@`)},
}

// meant is where a secret is what somebody asked for: the settings of the stand-in, whose secret is no secret, as xmcpgo auth
// prints them.
var meant = regexp.MustCompile(`SCALEKIT_CLIENT_SECRET=(?:dev-secret)\b`)

// findSecrets names the secrets in what a test has written, without repeating them, and the line that each of them is in.
func findSecrets(output string) []string {
	var found []string
	n := 0
	for line := range strings.Lines(output) {
		n++
		line = meant.ReplaceAllString(line, "")
		for _, s := range secretShapes {
			if s.shape.MatchString(line) {
				found = append(found, fmt.Sprintf("%s is in line %d of the output: %s", s.name, n, hideSecrets(line)))
				break
			}
		}
	}
	return found
}

// hideSecrets shows a line without its secrets.
func hideSecrets(line string) string {
	const most = 300
	if line = strings.TrimSpace(mask(line)); len(line) > most {
		line = line[:most] + "…"
	}
	return line
}

func mask(output string) string {
	for _, s := range secretShapes {
		output = s.shape.ReplaceAllString(output, "[secret]")
	}
	return output
}
