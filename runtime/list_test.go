package xmcp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// manyTools are 1,200 tools, of which every third is hidden from those who are no admin, and the last 300 all are.
func manyTools(r *Registry) {
	for i := range 1200 {
		m := ToolMetadata{}
		if i%3 == 0 || i >= 900 {
			m = ToolMetadata{Permissions: []string{"admin"}, Visible: IfPermitted}
		}
		tool1(r, fmt.Sprintf("t%04d", i), "", "", m, HandleToolBare(func(context.Context) error { return nil }))
	}
	r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
}

type listed struct {
	Tools      []struct{ Name string }
	NextCursor *string
	CacheScope string
}

func listPage(t *testing.T, s *Server, who, version string, cursor *string) listed {
	t.Helper()
	params := modernMeta
	if version != wire.Version20260728 {
		params = `"_meta":{}`
	}
	if cursor != nil {
		params = `"cursor":"` + *cursor + `",` + params
	}
	_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+params+`}}`,
		map[string]string{"Authorization": "Bearer " + who, headerProtocol: version, headerMethod: "tools/list"})
	var m struct{ Result listed }
	if err := json.Unmarshal([]byte(body), &m); err != nil || m.Result.Tools == nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	return m.Result
}

func TestPagesHoldEveryVisibleItemOnce(t *testing.T) {
	s := newTestServer(t, Config{}, manyTools)
	for _, tt := range []struct {
		who, version, scope string
		want                int
	}{
		{"admin", wire.Version20260728, "private", 1200}, {"none", wire.Version20260728, "private", 600},
		{"admin", wire.Version20251125, "", 1200}, {"none", wire.Version20250618, "", 600},
	} {
		who, want := tt.who, tt.want
		var names []string
		sizes := []int{}
		var cursor *string
		for pages := 0; pages < 10; pages++ {
			page := listPage(t, s, who, tt.version, cursor)
			sizes = append(sizes, len(page.Tools))
			for _, tool := range page.Tools {
				names = append(names, tool.Name)
			}
			if page.CacheScope != tt.scope {
				t.Errorf("a list with items that can be hidden has the scope %q in %s", page.CacheScope, tt.version)
			}
			if cursor = page.NextCursor; cursor == nil {
				break
			}
		}
		if len(names) != want || !slices.IsSorted(names) || len(slices.Compact(names)) != want {
			t.Errorf("%s sees %d tools in pages of %v, want %d", who, len(names), sizes, want)
		}
		for _, n := range sizes[:len(sizes)-1] {
			if n != pageSize {
				t.Errorf("%s gets pages of %v", who, sizes)
			}
		}
		if sizes[len(sizes)-1] == 0 {
			t.Errorf("%s gets an empty page at the end: %v", who, sizes)
		}
	}
}

// An exactly full last page has no cursor, not even when hidden items follow.
func TestFullLastPageHasNoCursor(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		for i := range pageSize + 5 {
			m := ToolMetadata{}
			if i >= pageSize {
				m = ToolMetadata{Permissions: []string{"admin"}, Visible: IfPermitted}
			}
			tool1(r, fmt.Sprintf("t%04d", i), "", "", m, HandleToolBare(func(context.Context) error { return nil }))
		}
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	if page := listPage(t, s, "none", wire.Version20260728, nil); len(page.Tools) != pageSize || page.NextCursor != nil {
		t.Errorf("%d tools and cursor %v", len(page.Tools), page.NextCursor)
	}
	if page := listPage(t, s, "admin", wire.Version20260728, nil); page.NextCursor == nil {
		t.Error("no cursor although more follow")
	} else if rest := listPage(t, s, "admin", wire.Version20260728, page.NextCursor); len(rest.Tools) != 5 || rest.NextCursor != nil {
		t.Errorf("%d tools follow, cursor %v", len(rest.Tools), rest.NextCursor)
	}
}

// otherTools is another server with one tool, and nothing else.
type otherTools struct{}

func (otherTools) Start(func(string, json.RawMessage)) error { return nil }
func (otherTools) Stop()                                     {}
func (otherTools) Handle(context.Context, *UpstreamClient, []byte) []byte {
	return []byte(`{"jsonrpc":"2.0","id":"x","result":{"tools":[{"name":"z","description":"Z.","inputSchema":{"type":"object"}}]}}`)
}

// All pages of a list have one scope (MCP 2026-07-28, server/utilities/caching, interaction with pagination), those before the items of
// another server included.
func TestPagesHaveOneScope(t *testing.T) {
	s := newTestServer(t, Config{MCP: otherTools{}}, func(r *Registry) {
		for i := range pageSize + 5 {
			tool1(r, fmt.Sprintf("t%04d", i), "", "", ToolMetadata{}, HandleToolBare(func(context.Context) error { return nil }))
		}
	})
	first := listPage(t, s, "", wire.Version20260728, nil)
	if first.NextCursor == nil {
		t.Fatal("there is only one page")
	}
	last := listPage(t, s, "", wire.Version20260728, first.NextCursor)
	if len(last.Tools) != 6 || first.CacheScope != "private" || last.CacheScope != "private" {
		t.Errorf("scopes %q and %q, %d tools on the last page", first.CacheScope, last.CacheScope, len(last.Tools))
	}
}
