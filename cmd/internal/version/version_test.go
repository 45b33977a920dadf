package version

import "testing"

func TestString(t *testing.T) {
	for want, info := range map[string]Info{
		"xmcpgo v1.2.3 go1.26.0 linux/amd64":                             {Version: "v1.2.3", Go: "go1.26.0", OS: "linux", Arch: "amd64"},
		"xmcpgo (devel) revision abc go1.26.0 darwin/arm64":              {Version: "(devel)", Revision: "abc", Go: "go1.26.0", OS: "darwin", Arch: "arm64"},
		"xmcpgo (devel) revision abc with changes go1.26.0 darwin/arm64": {Version: "(devel)", Revision: "abc", Modified: true, Go: "go1.26.0", OS: "darwin", Arch: "arm64"},
	} {
		if got := info.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if v := Read(); v.Version == "" || v.Go == "" || v.OS == "" || v.Arch == "" {
		t.Errorf("the test binary is %+v", v)
	}
}
