package xmcp

import (
	"strings"
	"testing"
)

// What an app and its plugins declare is told to clients of both eras; by itself nothing is.
func TestExtensionsAreDeclared(t *testing.T) {
	plugin := PluginFunc("ui", func(h *Host) error {
		h.Extension("io.modelcontextprotocol/ui", nil)
		if got := h.Config().Extensions; len(got) != 1 {
			t.Errorf("the plugin sees %v", got)
		}
		return nil
	})
	s := newTestServer(t, Config{Extensions: map[string]map[string]any{"com.example/feature": {"levels": []int{1, 2}}}}, func(r *Registry) {
		greetTool(r)
		r.Use(func() []Plugin { return []Plugin{plugin} })
	})
	const want = `"extensions":{"com.example/feature":{"levels":[1,2]},"io.modelcontextprotocol/ui":{}}`
	_, _, legacy := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`, nil)
	_, _, modern := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{`+modernMeta+`}}`,
		map[string]string{headerProtocol: "2026-07-28", headerMethod: "server/discover"})
	for era, got := range map[string]string{"legacy": legacy, "modern": modern} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s", era, got)
		}
	}
}

func TestWrongExtensionsStopTheStart(t *testing.T) {
	declared := func(id string, settings map[string]any) Plugin {
		return PluginFunc("p", func(h *Host) error { h.Extension(id, settings); return nil })
	}
	for name, tt := range map[string]struct {
		config  map[string]map[string]any
		plugins []Plugin
		want    string
	}{
		"no prefix":      {map[string]map[string]any{"feature": nil}, nil, `config: extension "feature" is not named like com.example/feature`},
		"empty prefix":   {map[string]map[string]any{"/feature": nil}, nil, `config: extension "/feature" is not named`},
		"no name":        {map[string]map[string]any{"com.example/": nil}, nil, `is not named`},
		"digit first":    {map[string]map[string]any{"1com/x": nil}, nil, `is not named`},
		"hyphen at end":  {map[string]map[string]any{"com-/x": nil}, nil, `is not named`},
		"underscore":     {map[string]map[string]any{"com_a/x": nil}, nil, `is not named`},
		"two slashes":    {map[string]map[string]any{"com/x/y": nil}, nil, `is not named`},
		"twice":          {map[string]map[string]any{"com.example/x": nil}, []Plugin{declared("com.example/x", nil)}, `plugin "p": extension "com.example/x" is declared twice`},
		"not JSON":       {nil, []Plugin{declared("com.example/x", map[string]any{"f": func() {}})}, `plugin "p": extension "com.example/x": json`},
		"name of dots":   {nil, []Plugin{declared("com.example/a.b_c-d", nil)}, ""},
		"labels, digits": {nil, []Plugin{declared("io.m-2/x", nil)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewRegistry()
			r.Use(func() []Plugin { return tt.plugins })
			_, err := New(r, Config{Extensions: tt.config})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
