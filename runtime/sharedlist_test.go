package xmcp

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// A list that all callers get alike is encoded once, and is what would have been encoded for each of them.
func TestSharedListIsTheList(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		for i := range 3 {
			tool1(r, fmt.Sprintf("t%d", i), "", "", ToolMetadata{}, HandleToolBare(func(context.Context) error { return nil }))
		}
	})
	ask := func(id, params string, header map[string]string) string {
		t.Helper()
		status, h, body := post(t, s, `{"jsonrpc":"2.0","id":`+id+`,"method":"tools/list","params":{`+params+`}}`, header)
		if status != 200 || h.Get("Content-Type") != "application/json" {
			t.Fatalf("status %d, %v: %s", status, h, body)
		}
		return body
	}
	modern := map[string]string{headerProtocol: "2026-07-28", headerMethod: "tools/list"}
	for name, era := range map[string]struct {
		params string
		header map[string]string
	}{"legacy": {}, "modern": {modernMeta, modern}} {
		t.Run(name, func(t *testing.T) {
			first := ask(`1`, era.params, era.header)
			if n := strings.Count(first, `"inputSchema"`); n != 3 {
				t.Errorf("%d tools in %s", n, first)
			}
			if again := ask(`"two"`, era.params, era.header); again != strings.Replace(first, `"id":1`, `"id":"two"`, 1) {
				t.Errorf("got %s\nwant %s with another id", again, first)
			}
			if kept := &s.catalog.Load().lists[0]; kept[0].Load() == nil && kept[1].Load() == nil {
				t.Error("the list was not kept")
			}
		})
	}
	if err := s.Update(Change{RemoveTools: []string{"t1"}}); err != nil {
		t.Fatal(err)
	}
	if body := ask("1", modernMeta, modern); strings.Contains(body, `"t1"`) || !strings.Contains(body, `"t2"`) {
		t.Errorf("after t1 was removed: %s", body)
	}
	if body := ask("1", `"cursor":"`+s.cursors.sign("tools", "t0")+`",`+modernMeta, modern); strings.Contains(body, `"t0"`) || !strings.Contains(body, `"t2"`) {
		t.Errorf("behind t0: %s", body)
	}
}

func TestListsThatDifferAreNotShared(t *testing.T) {
	s := newTestServer(t, Config{}, manyTools)
	listPage(t, s, "admin", "2026-07-28", nil)
	listPage(t, s, "none", "2026-07-28", nil)
	if p := s.catalog.Load().lists[0][1].Load(); p == nil || *p != nil {
		t.Errorf("kept: %v", p)
	}
}
