package render

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

func TestLowerCamel(t *testing.T) {
	for name, want := range map[string]string{
		"Notes": "notes", "DB": "db", "HTTPClient": "httpClient", "UserID": "userID", "A": "a", "AB1": "ab1", "X509Store": "x509Store", "Über": "über", "URLs": "urls", "IDsByName": "idsByName", "HTTPServer": "httpServer",
	} {
		if got := lowerCamel(name); got != want {
			t.Errorf("lowerCamel(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestParameterNames(t *testing.T) {
	tools, users := &model.Package{Name: "tools"}, &model.Package{Name: "users"}
	dep := func(p *model.Package, name string) model.Dependency { return model.Dependency{Package: p, Type: name} }
	tests := []struct {
		name  string
		deps  []model.Dependency
		taken []string
		want  []string
	}{
		{"the type's name", []model.Dependency{dep(tools, "Notes"), dep(users, "Store")}, nil, []string{"notes", "store"}},
		{"two of one name", []model.Dependency{dep(tools, "Store"), dep(users, "Store")}, nil, []string{"toolsStore", "usersStore"}},
		{"two of one package name", []model.Dependency{dep(users, "Store"), dep(users, "Store")}, nil, []string{"usersStore", "usersStore2"}},
		{"keywords and predeclared names", []model.Dependency{dep(tools, "Func"), dep(tools, "String"), dep(tools, "Nil")}, nil, []string{"toolsFunc", "toolsString", "toolsNil"}},
		{"the registry's own r", []model.Dependency{dep(tools, "R")}, nil, []string{"toolsR"}},
		{"an import", []model.Dependency{dep(users, "Tools")}, []string{"tools"}, []string{"usersTools"}},
		{"both taken", []model.Dependency{dep(users, "Tools")}, []string{"tools", "usersTools"}, []string{"usersTools2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parameterNames(tt.deps, tt.taken)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestImports(t *testing.T) {
	imp := newImports("example.com/app/src/tools", []string{"xmcp", "time"})
	got := []string{
		imp.fixed("github.com/xmcpgo/xmcpgo/runtime", "xmcp"),
		imp.name("time", "time"),
		imp.name("example.com/a/users", "users"),
		imp.name("example.com/b/users", "users"),
		imp.name("example.com/a/users", "users"),
		imp.name("gopkg.in/yaml.v3", "yaml"),
		imp.name("example.com/string", "string"),
	}
	if diff := cmp.Diff([]string{"xmcp2", "time2", "users", "users2", "users", "yaml", "string2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if names := imp.names(); !slices.Contains(names, "users2") || len(names) != 6 {
		t.Errorf("names: %q", names)
	}
}

func TestIdentifier(t *testing.T) {
	for typ, want := range map[string]string{
		"notes.Note": "Note", "Page[notes.Note]": "Page_Note", "Pair[string, *a.B]": "Pair_string_B", "M[map[string]int]": "M_map_string_int", "Ü": "Ü",
	} {
		if got := identifier(typ); got != want {
			t.Errorf("identifier(%q) = %q, want %q", typ, got, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{
		"plain": `"plain"`, `{"a":1}`: "`{\"a\":1}`", "back`tick \"": `"back` + "`" + `tick \""`, "a\nb": `"a\nb"`, "\x00\"": `"\x00\""`,
	} {
		if got := literal(text); got != want {
			t.Errorf("literal(%q) = %s, want %s", text, got, want)
		}
	}
}
