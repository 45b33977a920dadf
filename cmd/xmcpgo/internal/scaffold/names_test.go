package scaffold

import "testing"

func TestAppName(t *testing.T) {
	for folder, want := range map[string]string{
		"my-app":        "my-app",
		"My App":        "my-app",
		"  spaced  ":    "spaced",
		"notes.v2":      "notes.v2",
		"a--b":          "a-b",
		"under_score":   "under_score",
		"Überblick":     "berblick",
		"日本":            "my-app",
		"..":            "my-app",
		"/":             "my-app",
		"":              "my-app",
		"-rf":           "rf",
		"$(touch evil)": "touch-evil",
		"-.-x":          "x",
	} {
		if got := AppName(folder); got != want {
			t.Errorf("AppName(%q) = %q, want %q", folder, got, want)
		}
	}
}

func TestModulePathOfAnAppsName(t *testing.T) {
	for name, want := range map[string]string{
		"my-app":   "my-app",
		"fmt":      "fmt-app",
		"net":      "net-app",
		"main":     "main-app",
		"tool":     "tool-app",
		"notes.v2": "notes.v2",
		"con":      "con-app", // a device on Windows
	} {
		if got := ModulePath(name); got != want {
			t.Errorf("ModulePath(%q) = %q, want %q", name, got, want)
		}
		if err := CheckModulePath(ModulePath(name)); err != nil {
			t.Errorf("ModulePath(%q) is refused: %v", name, err)
		}
	}
}

// Whatever a folder is called, the app in it gets a module path that works.
func FuzzModulePath(f *testing.F) {
	for _, folder := range []string{"my-app", "fmt", "a.b.", "...", "x~1", "CON", "v2", "gopkg.in", "nul.txt"} {
		f.Add(folder)
	}
	f.Fuzz(func(t *testing.T, folder string) {
		name := AppName(folder)
		if p := ModulePath(name); CheckModulePath(p) != nil {
			t.Errorf("folder %q: %v", folder, CheckModulePath(p))
		}
	})
}

func TestCheckModulePath(t *testing.T) {
	for _, good := range []string{"my-app", "example.com/team/app", "example.com/app/v2", "github.com/xmcpgo/xmcpgo/examples/hello"} {
		if err := CheckModulePath(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "my app", "/app", "app/", "a//b", "../app", "-app", "fmt", "cmd/app", "github.com/xmcpgo/xmcpgo", "a@v1", "app\n", "C:\\app"} {
		if err := CheckModulePath(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestCommandName(t *testing.T) {
	for module, want := range map[string]string{
		"my-app":                "my-app",
		"example.com/team/app":  "app",
		"example.com/app/v2":    "app",
		"gopkg.in/app.v3":       "app",
		"example.com/notes/v2x": "v2x",
	} {
		if got := CommandName(module); got != want {
			t.Errorf("CommandName(%q) = %q, want %q", module, got, want)
		}
	}
}

func TestIsPublished(t *testing.T) {
	for version, want := range map[string]bool{
		"v0.1.0":                                   true,
		"v0.0.0-20261123063902-0123456789ab":       true,
		"v0.0.0-20261123063902-0123456789ab+dirty": false,
		"(devel)":                                false,
		"":                                       false,
		"v1.2.3-0.20261123063902-0123456789ab+x": false,
		"v1.2.3-rc.1":                            true,
	} {
		if got := IsPublished(version); got != want {
			t.Errorf("IsPublished(%q) = %v, want %v", version, got, want)
		}
	}
}
