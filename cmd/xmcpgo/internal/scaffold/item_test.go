package scaffold

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen"
)

func TestParseItem(t *testing.T) {
	for _, tt := range []struct{ in, name, fn, file, pkg string }{
		{"get_thing", "get_thing", "GetThing", "src/tools/get_thing.go", "tools"},
		{"get-thing", "get_thing", "GetThing", "src/tools/get_thing.go", "tools"},
		{"GetThing", "get_thing", "GetThing", "src/tools/get_thing.go", "tools"},
		{"GetURL", "get_url", "GetURL", "src/tools/get_url.go", "tools"},
		{"users/get_thing", "get_thing", "GetThing", "src/tools/users/get_thing.go", "users"},
		{"a/b2/c", "c", "C", "src/tools/a/b2/c.go", "b2"},
		{"html_to_json", "html_to_json", "HTMLToJSON", "src/tools/html_to_json.go", "tools"},
		{"html_json", "html_json", "HtmlJson", "src/tools/html_json.go", "tools"},
		{"OAuthLogin", "oauth_login", "OauthLogin", "src/tools/oauth_login.go", "tools"},
		{"get_2fa", "get_2fa", "Get2fa", "src/tools/get_2fa.go", "tools"},
		{"open_windows", "open_windows", "OpenWindows", "src/tools/openwindows.go", "tools"},
		{"on_arm64", "on_arm64", "OnArm64", "src/tools/onarm64.go", "tools"},
		{"linux_amd64", "linux_amd64", "LinuxAmd64", "src/tools/linuxamd64.go", "tools"},
		{"linux", "linux", "Linux", "src/tools/linux.go", "tools"},
		{"run_test", "run_test", "RunTest", "src/tools/runtest.go", "tools"},
		{"range", "range", "Range", "src/tools/range.go", "tools"},
		{"_odd__name_", "odd_name", "OddName", "src/tools/odd_name.go", "tools"},
	} {
		it, err := ParseItem("tool", tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		got := []string{it.Name, it.Func, it.File(), it.Package}
		if diff := cmp.Diff([]string{tt.name, tt.fn, tt.file, tt.pkg}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.in, diff)
		}
	}
	for _, bad := range []string{"", "/", "a/", "/a", "../a", "a/../b", "A/b", "internal/a", "testdata/a", "vendor/a", "a b", "ä", "ä/b", "9a", "a.b", "-", "_", "a/b c/d", "func/a", "main/a", "_/a", "_users/a",
		"x_123456789_123456789_123456789_123456789_123456789_123456789_123456789"} {
		if it, err := ParseItem("tool", bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, it)
		}
	}
}

// Whatever is taken for a name becomes Go that has this name and stays in its folder.
func FuzzParseItem(f *testing.F) {
	for _, s := range []string{"get_thing", "users/GetThing", "read_html_url", "get_2fa", "../x", "a//b", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, kind := range Kinds() {
			it, err := ParseItem(kind, name)
			if err != nil {
				continue
			}
			for _, direct := range []bool{true, false} {
				files, err := it.Files(it.Package, direct)
				if err != nil || len(files) != 2 {
					t.Fatalf("%q: %d files: %v", name, len(files), err)
				}
			}
			if again := codegen.ItemName(it.Name); again != it.Name {
				t.Errorf("%q becomes %q, which becomes %q", name, it.Name, again)
			}
		}
	})
}

func TestAddSettings(t *testing.T) {
	p, _ := FindPlugin("apikey")
	block := string(part("plugin/apikey.env.tmpl"))
	for _, tt := range []struct{ old, want string }{
		{"", block},
		{"A=1", "A=1\n\n" + block},
		{"A=1\n\n", "A=1\n\n" + block},
		{"API_KEYS=x\n", "API_KEYS=x\n"},
		{"# API_KEYS=\n", "# API_KEYS=\n"},
		{"MY_API_KEYS=\n", "MY_API_KEYS=\n\n" + block},
	} {
		if got := string(p.AddSettings([]byte(tt.old))); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.old, got, tt.want)
		}
	}
}
