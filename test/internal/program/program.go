// Package program builds and runs, for tests, the servers of this repository and the npm programs that test/clients
// pins. Whatever a test needs and lacks fails the test with what to do about it.
package program

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Repository is the root of the checkout.
func Repository(t testing.TB) string {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Root is the same without a test.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "test", "clients", "package.json")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is not below the root of the repository", dir)
		}
	}
}

// Run runs a program in dir and returns what it wrote. A program that fails fails the test.
func Run(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Build compiles the app in dir into a folder of the test, with the race detector where the test has it.
func Build(t testing.TB, dir string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "server")
	args := []string{"build", "-o", bin}
	if raceDetector {
		args = append(args, "-race")
	}
	Run(t, dir, "go", append(args, ".")...)
	return bin
}

// Node is the Node that runs the npm programs: the one that XMCPGO_NODE names, the pinned one, or what is installed.
func Node(t testing.TB) string {
	t.Helper()
	node, err := FindNode()
	if err != nil {
		t.Fatal(err)
	}
	return node
}

// FindNode is the same without a test.
func FindNode() (string, error) {
	if node := os.Getenv("XMCPGO_NODE"); node != "" {
		return node, nil
	}
	packages, err := Packages()
	if err != nil {
		return "", err
	}
	arch := strings.Replace(runtime.GOARCH, "amd64", "x64", 1)
	node := filepath.Join(packages, "node-"+runtime.GOOS+"-"+arch, "bin", "node")
	if _, err := os.Stat(node); err == nil {
		return node, nil
	}
	// The pinned packages have no Node for this system.
	node, err = exec.LookPath("node")
	if err != nil {
		return "", errors.New("no Node: run `make setup`, or name one (22.19 or newer) by XMCPGO_NODE")
	}
	return node, nil
}

// Script is the path of a file of a pinned npm package.
func Script(t testing.TB, elem ...string) string {
	t.Helper()
	packages, err := Packages()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(append([]string{packages}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("an npm package is not installed: run `make setup`: %v", err)
	}
	return path
}

// Packages is the folder of the pinned npm packages.
func Packages() (string, error) {
	root, err := Root()
	return filepath.Join(root, ".cache", "clients", "node_modules"), err
}
