package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// backticked prints what stands between backticks in a file and matches.
func backticked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: backticked REGEXP FILE")
	}
	wanted, err := regexp.Compile(args[0])
	ts.Check(err)
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(ts.ReadFile(args[1]), -1) {
		if wanted.MatchString(m[1]) {
			fmt.Fprintln(ts.Stdout(), m[1])
		}
	}
}

// responds checks how a server responds to an initialize without credentials.
func responds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: responds STATUS URL")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	body := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"script","version":"1"}}}`
	req, err := http.NewRequest(http.MethodPost, args[1], strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	ts.Check(res.Body.Close())
	if res.StatusCode != want {
		ts.Fatalf("%s responds with %s, want %d", args[1], res.Status, want)
	}
	if challenge := res.Header.Get("WWW-Authenticate"); want == http.StatusUnauthorized && !strings.Contains(challenge, "resource_metadata=") {
		ts.Fatalf("the challenge is %q", challenge)
	}
}

// shell runs a command line in dir as a runner does, and reports whether it succeeded.
func shell(ts *testscript.TestScript, dir, line string) bool {
	ts.Logf("$ %s", line)
	return ts.Exec("sh", "-c", "cd \"$1\" && eval \"$2\"", "sh", dir, line) == nil
}

// workflow runs the steps of a GitHub workflow in the working directory. What others' actions bring, a checkout and Go, is there already.
func workflow(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] workflow FILE")
	}
	runs := regexp.MustCompile(`(?m)^ +(?:- )?run: (.*)$`).FindAllStringSubmatch(ts.ReadFile(args[0]), -1)
	if len(runs) < 4 {
		ts.Fatalf("%s has %d steps that run something", args[0], len(runs))
	}
	for _, m := range runs {
		if !shell(ts, ts.MkAbs("."), m[1]) {
			if !neg {
				ts.Fatalf("the step %q fails", m[1])
			}
			return
		}
	}
	if neg {
		ts.Fatalf("%s succeeds", args[0])
	}
}

// image runs the build stage of a Dockerfile below a folder that stands for the container's root, and sets $ROOT to it. It knows the
// instructions that a created app has, and checks what makes the final stage: nothing but the server, and a user without rights.
func image(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: image FILE")
	}
	root := ts.MkAbs(filepath.Join(ts.Getenv("WORK"), "root"))
	dir, stage, final := root, 0, []string{}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line = strings.TrimSpace(line)
		instruction, rest, _ := strings.Cut(line, " ")
		if instruction == "FROM" {
			stage++
		}
		if stage == 2 && line != "" && instruction != "#" {
			final = append(final, line)
			continue
		}
		switch {
		case instruction == "WORKDIR":
			dir = filepath.Join(root, rest)
			ts.Check(os.MkdirAll(dir, 0o755))
		case line == "COPY . .":
			copyContext(ts, dir)
		case instruction == "RUN":
			// The only absolute path of the command is what it writes.
			if !shell(ts, dir, strings.ReplaceAll(rest, " /server", " "+root+"/server")) {
				ts.Fatalf("%s", line)
			}
		case instruction != "FROM" && instruction != "ARG" && instruction != "#" && line != "":
			ts.Fatalf("unexpected %q", line)
		}
	}
	want := []string{
		"FROM gcr.io/distroless/static-debian12:nonroot", "COPY --from=build /server /server", "ENV HOST=0.0.0.0 PORT=3001", "EXPOSE 3001",
		"WORKDIR /home/nonroot", "USER nonroot", `ENTRYPOINT ["/server"]`,
	}
	if !slices.Equal(final, want) {
		ts.Fatalf("the final stage is %q, want %q", final, want)
	}
	ts.Setenv("ROOT", root)
}

// copyContext copies the working directory as COPY does, without what .dockerignore lists.
func copyContext(ts *testscript.TestScript, dir string) {
	var ignored []string
	for line := range strings.Lines(ts.ReadFile(".dockerignore")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			ignored = append(ignored, strings.TrimPrefix(line, "/"))
		}
	}
	from := ts.MkAbs(".")
	ts.Check(filepath.WalkDir(from, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || at == from {
			return err
		}
		rel, err := filepath.Rel(from, at)
		if err != nil {
			return err
		}
		for _, pattern := range ignored {
			if match, err := path.Match(pattern, filepath.ToSlash(rel)); err != nil || match {
				if entry.IsDir() && err == nil {
					return fs.SkipDir
				}
				return err
			}
		}
		to := filepath.Join(dir, rel)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		content, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	}))
}
