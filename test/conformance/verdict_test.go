package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the suite lets pass, and what it leaves out, is seen here.
func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		name   string
		checks string // "" leaves no result
		want   string // "" passes
	}{
		{"passes", `[{"id":"a","status":"SUCCESS"},{"id":"b","status":"INFO"}]`, ""},
		{"a failure", `[{"id":"a","status":"SUCCESS"},{"id":"b","status":"FAILURE","errorMessage":"no text"}]`, "FAILURE b: : no text"},
		{"a warning", `[{"id":"a","status":"SUCCESS"},{"id":"b","status":"WARNING"}]`, "WARNING b"},
		{"a check that was skipped", `[{"id":"a","status":"SUCCESS"},{"id":"b","status":"SKIPPED"}]`, "SKIPPED b"},
		{"a status of a later suite", `[{"id":"a","status":"SUCCESS"},{"id":"b","status":"BROKEN"}]`, "BROKEN b"},
		{"nothing was checked", `[{"id":"b","status":"INFO"}]`, "no check has passed"},
		{"no checks", `[]`, "no check has passed"},
		{"the scenario has thrown", "", "it has left no result"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.checks != "" {
				folder := filepath.Join(dir, "server-tools-list-2026-11-23T07-19-07-809Z")
				if err := os.Mkdir(folder, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, "checks.json"), []byte(tt.checks), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := readResults(dir)
			if err != nil {
				t.Fatal(err)
			}
			passed, failures := verdict([]string{"tools-list"}, got)
			switch text := strings.Join(failures, "\n"); {
			case tt.want == "" && (passed != 1 || text != ""):
				t.Errorf("%d passed, failures: %s", passed, text)
			case tt.want != "" && (passed != 0 || !strings.Contains(text, "tools-list: "+tt.want)):
				t.Errorf("%d passed, failures: %q, want %q", passed, text, tt.want)
			}
		})
	}
}
