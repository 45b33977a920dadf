package xmcptest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// What every client is told of the sample, in both eras, is in files.
func TestGolden(t *testing.T) {
	c := xmcptest.New(t, sample(), quiet())
	xmcptest.Golden(t, "testdata/tools.json", c.Tools())
	xmcptest.Golden(t, "testdata/greet.txt", c.Call("greet", nameInput{"Ada"}).Text())
	xmcptest.Golden(t, "testdata/origin.json", c.Call("origin", nil))
}

func TestGoldenFilesAreComparedAndWritten(t *testing.T) {
	t.Setenv("XMCP_UPDATE_GOLDEN", "") // also where all others are being written
	file := filepath.Join(t.TempDir(), "new", "value.json")
	value := map[string]any{"b": "<1>", "a": json.RawMessage(`{"x":[1]}`)}
	golden := func(got any) func(testing.TB) { return func(t testing.TB) { xmcptest.Golden(t, file, got) } }
	if got := failure(t, golden(value)); !strings.Contains(got, "there is no golden file") || !strings.Contains(got, "XMCP_UPDATE_GOLDEN=1") {
		t.Errorf("without a file: %q", got)
	}
	t.Setenv("XMCP_UPDATE_GOLDEN", "1")
	xmcptest.Golden(t, file, value)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const want = "{\n  \"a\": {\n    \"x\": [\n      1\n    ]\n  },\n  \"b\": \"<1>\"\n}\n"
	if string(data) != want {
		t.Errorf("written:\n%s\nwant:\n%s", data, want)
	}
	t.Setenv("XMCP_UPDATE_GOLDEN", "")
	xmcptest.Golden(t, file, value)
	xmcptest.Golden(t, file, strings.ReplaceAll(want, "\n", "\r\n"))
	xmcptest.Golden(t, file, []byte(strings.TrimSuffix(want, "\n")))
	if err := os.WriteFile(file, []byte(strings.TrimSuffix(want, "\n")), 0o600); err != nil { // as some editors leave it
		t.Fatal(err)
	}
	xmcptest.Golden(t, file, value)
	xmcptest.Golden(t, file, want)
	for name, tt := range map[string]struct {
		got  any
		want string
	}{
		"another value": {map[string]any{"b": "<2>", "a": json.RawMessage(`{"x":[1]}`)}, `value.json:7: want "  "b": "<1>"", got "  "b": "<2>""`},
		"less":          {"{\n", `value.json:2: want "  "a": {", got the end`},
		"more":          {want + "more", `value.json:9: want the end, got "more"`},
		"no JSON":       {func() {}, "unsupported type"},
	} {
		if got := failure(t, golden(tt.got)); !strings.Contains(got, tt.want) {
			t.Errorf("%s: the test failed with %q, want %q", name, got, tt.want)
		}
	}
}
