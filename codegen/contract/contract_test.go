package contract_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

func sample() *contract.Contract {
	return &contract.Contract{
		Tools: []contract.Tool{
			{Name: "save", Description: "Saves <this> & that.", InputSchema: json.RawMessage(`{"type":"object","properties":{"b":{},"a":{}}}`),
				Annotations: &contract.Annotations{Destructive: new(false)}, Access: contract.Access{Scopes: []string{"write", "read", "write"}}},
			{Name: "list", Description: "Lists.", InputSchema: json.RawMessage(`{"type":"object"}`), Position: contract.Position{File: "a.go", Line: 3}},
		},
		Prompts:   []contract.Prompt{{Name: "review", Arguments: []contract.Argument{{Name: "z", Required: true}, {Name: "a"}}}},
		Resources: []contract.Resource{{URITemplate: "app://{id}", Name: "b"}, {Folder: "app://docs", Name: "c"}, {URI: "app://a", Name: "a", Access: contract.Access{Permissions: []string{"p"}, Hidden: true}}},
	}
}

func TestEncodeSortsAndDecodeReads(t *testing.T) {
	first, err := contract.Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	turned := sample()
	turned.Tools[0], turned.Tools[1] = turned.Tools[1], turned.Tools[0]
	turned.Resources[0], turned.Resources[2] = turned.Resources[2], turned.Resources[0]
	second, err := contract.Encode(turned)
	if diff := cmp.Diff(string(first), string(second)); diff != "" || err != nil {
		t.Errorf("the order of the items shows (%v):\n%s", err, diff)
	}
	text := string(first)
	for _, want := range []string{`"Saves <this> & that."`, `"destructiveHint": false`, `"hiddenWithoutPermission": true`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the file:\n%s", want, text)
		}
	}
	for _, order := range [][2]string{{`"list"`, `"save"`}, {`"b": {}`, `"a": {}`}, {`"read"`, `"write"`}, {`"z"`, `"a"`}, {`"app://a"`, `"app://docs"`}} {
		if i, j := strings.Index(text, order[0]), strings.LastIndex(text, order[1]); i < 0 || j < i {
			t.Errorf("%s does not come before %s:\n%s", order[0], order[1], text)
		}
	}
	if strings.Contains(text, "a.go") {
		t.Error("the file has a position, so it changes when a function moves")
	}

	got, err := contract.Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	want := sample()
	want.Sort()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(contract.Tool{}, "Position", "InputSchema")); diff != "" {
		t.Error(diff)
	}
	again, err := contract.Encode(got)
	if diff := cmp.Diff(string(first), string(again)); diff != "" || err != nil {
		t.Errorf("it does not survive being read (%v):\n%s", err, diff)
	}
}

func TestEncodeOfNothing(t *testing.T) {
	data, err := contract.Encode(&contract.Contract{})
	if err != nil || strings.Contains(string(data), "null") {
		t.Errorf("got %s (%v)", data, err)
	}
	if !contract.Ours(data) {
		t.Error("it does not know its own file")
	}
}

func TestEncodeRefusesASchemaThatIsNone(t *testing.T) {
	if _, err := contract.Encode(&contract.Contract{Tools: []contract.Tool{{Name: "a", InputSchema: json.RawMessage("{")}}}); err == nil {
		t.Error("it was written")
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"other JSON", `{"name":"x"}`, "no contract"},
		{"a list", `[]`, "read the contract"},
		{"nothing", ``, "read the contract"},
		{"a newer format", `{"version":2,"tools":[]}`, "bring xmcpgo up to date"},
		{"a merge conflict", "{\n<<<<<<< HEAD\n\"version\":1\n=======\n", "merge conflict: run go generate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := contract.Decode([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := contract.Decode([]byte(`{}`)); !errors.Is(err, contract.ErrNoContract) {
		t.Errorf("got %v", err)
	}
}

func TestOursKnowsItsFileByTheBeginning(t *testing.T) {
	data, err := contract.Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	tests := []struct {
		name, in string
		want     bool
	}{
		{"as written", text, true},
		{"with the line ends of Windows", strings.ReplaceAll(text, "\n", "\r\n"), true},
		{"broken by a merge", text[:120] + "\n<<<<<<< HEAD\n", true},
		{"somebody else's", `{"tools": []}`, false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		if got := contract.Ours([]byte(tt.in)); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
