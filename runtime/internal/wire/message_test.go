package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseTellsMessagesApart(t *testing.T) {
	for _, tt := range []struct {
		text                             string
		request, notification, response_ bool
	}{
		{`{"jsonrpc":"2.0","id":1,"method":"ping"}`, true, false, false},
		{`{"method":"ping","id":"a","jsonrpc":"2.0","extra":{"x":1}}`, true, false, false},
		{`{"jsonrpc":"2.0","method":"notifications/initialized"}`, false, true, false},
		{`{"jsonrpc":"2.0","id":1,"result":{}}`, false, false, true},
		{`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}`, false, false, true},
		{`{"jsonrpc":"2.0","id":1,"result":{},"params":{"_meta":{"progressToken":1}}}`, false, false, true},
		{`{"jsonrpc":"2.0","id":1,"method":"m","params":{"params":{"_meta":7},"a":{"_meta":8}}}`, true, false, false},
	} {
		var m Message
		if err := Parse(&m, []byte(tt.text), MaxDepth); err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if m.IsRequest() != tt.request || m.IsNotification() != tt.notification || m.IsResponse() != tt.response_ {
			t.Errorf("%s: request %v, notification %v, response %v", tt.text, m.IsRequest(), m.IsNotification(), m.IsResponse())
		}
	}
}

func TestParseReadsMeta(t *testing.T) {
	var m Message
	text := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","none":null,"object":{"a":"b"},"_meta":{
		"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"roots":{}},
		"io.modelcontextprotocol/clientInfo":{"name":"c"},"io.modelcontextprotocol/logLevel":"info","progressToken":12345678901234567890,"other":[]}}}`
	if err := Parse(&m, []byte(text), MaxDepth); err != nil {
		t.Fatal(err)
	}
	meta := m.Params.Meta
	if !meta.HasVersion || meta.ProtocolVersion != Version20260728 || string(meta.ClientCapabilities) != `{"roots":{}}` ||
		string(meta.ClientInfo) != `{"name":"c"}` || meta.LogLevel != "info" || string(meta.ProgressToken) != "12345678901234567890" {
		t.Errorf("meta is %+v", meta)
	}
	if name, ok := m.Params.String("name"); !ok || name != "x" {
		t.Errorf("name is %q, %v", name, ok)
	}
	if v := m.Params.Get("none"); v != nil {
		t.Errorf("null is %q, want absent", v)
	}
	if o, err := m.Params.Object("object"); err != nil || string(o.Get("a")) != `"b"` {
		t.Errorf("object is %v, %v", o, err)
	}
	if o, err := m.Params.Object("none"); o != nil || err != nil {
		t.Errorf("no object is %v, %v", o, err)
	}
	if _, err := m.Params.Object("name"); err == nil {
		t.Error("a string is no object")
	}
	if _, ok := m.Params.String("object"); ok {
		t.Error("an object is no string")
	}
}

// An object that stands by itself is read like params: members that may be left out are absent or of their kind.
func TestObject(t *testing.T) {
	const text = ` {"text":"a\u00e9","empty":"","yes":true,"no":false,"none":null,"number":1}`
	o, err := Object([]byte(text))
	if err != nil || string(o.Raw) != text {
		t.Fatalf("%v, %v", o, err)
	}
	for key, want := range map[string]struct {
		text       string
		isText     bool
		flag, isIt bool
	}{
		"text": {"aé", true, false, false}, "empty": {"", true, false, false}, "number": {"", false, false, false},
		"yes": {"", false, true, true}, "no": {"", false, false, true}, "none": {"", true, false, true}, "Text": {"", true, false, true},
	} {
		if s, ok := o.Text(key); s != want.text || ok != want.isText {
			t.Errorf("text of %s: %q, %v", key, s, ok)
		}
		if v, ok := o.Flag(key); v != want.flag || ok != want.isIt {
			t.Errorf("flag of %s: %v, %v", key, v, ok)
		}
	}
	for _, raw := range []string{"", "null", "[]", `"x"`, `{"a":1,"a":2}`, `{"a":1} 2`, `{"a":1`} {
		if o, err := Object([]byte(raw)); err == nil {
			t.Errorf("%q is read as %v", raw, o)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	head := `{"jsonrpc":"2.0","id":7,"method":"m"`
	for _, tt := range []struct {
		text string
		code int
		id   string
	}{
		{``, CodeParseError, ""},
		{`{"jsonrpc":"2.0","id":7,"method":"m"`, CodeParseError, ""},
		{head + `,"method":"n"}`, CodeParseError, ""},
		{head + `,"params":{"a":1,"\u0061":2}}`, CodeInvalidRequest, "7"},
		{head + `,"params":{"_meta":{"a":1,"a":2}}}`, CodeInvalidParams, "7"},
		{head + `,"params":{"_meta":7}}`, CodeInvalidParams, "7"},
		{head + `,"params":{"_meta":{"progressToken":true}}}`, CodeInvalidParams, "7"},
		{head + `,"params":{"_meta":{"io.modelcontextprotocol/logLevel":1}}}`, CodeInvalidParams, "7"},
		{head + `,"params":[1]}`, CodeInvalidRequest, "7"},
		// What is no JSON is the graver fault, wherever it is.
		{head + `,"params":{"a":1,"a":2,}}`, CodeParseError, ""},
		{head + `,"params":{"_meta":{"a":1,"a":2},"b":01}}`, CodeParseError, ""},
		{head + `,"params":{"_meta":{"progressToken":true}}} x`, CodeParseError, ""},
		{head + `,"params":{"_meta":{"a":[1}}}`, CodeParseError, ""},
		{head + `,"params":{},"params":{}}`, CodeParseError, ""},
		{head + `,"params":{},"par\u0061ms":{"_meta":{"progressToken":1}}}`, CodeParseError, ""},
		{head + `,"params":{"_meta":{},"_meta":{}}}`, CodeInvalidRequest, "7"},
		{head + `,"params":{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}}`, CodeParseError, ""},
		{head + `,"params":{"_meta":{"a":` + strings.Repeat("[", 998) + strings.Repeat("]", 998) + `}}}`, CodeParseError, ""},
		{`[` + head + `}]`, CodeInvalidRequest, ""},
		{`7`, CodeInvalidRequest, ""},
		{`{"jsonrpc":2.0,"id":7,"method":"m"}`, CodeInvalidRequest, "7"},
		{`{"jsonrpc":"2.0","id":"` + "\xff" + `","method":"m"}`, CodeInvalidRequest, ""},
		{`{"jsonrpc":"2.0","id":7,"result":{},"error":{}}`, CodeInvalidRequest, "7"},
		{`{"jsonrpc":"2.0","result":{}}`, CodeInvalidRequest, ""},
	} {
		var m Message
		var e *Error
		if err := Parse(&m, []byte(tt.text), MaxDepth); !errors.As(err, &e) || e.Code != tt.code || string(m.ID) != tt.id {
			t.Errorf("%s: %v with id %q; want code %d with id %q", tt.text, err, m.ID, tt.code, tt.id)
		}
	}
}

func FuzzParseIsStrict(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(`{"jsonrpc":"2.0","id":` + s + `,"method":"m"}`))
		f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"m","params":` + s + `}`))
		f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":` + s + `,"io.modelcontextprotocol/protocolVersion":"x"}}}`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Message
		err := Parse(&m, b, 100)
		if m.ID != nil && !utf8.Valid(m.ID) {
			t.Errorf("%q has the id %q, which may not be sent back", b, m.ID)
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeParseError && e.Code != CodeInvalidRequest && e.Code != CodeInvalidParams {
				t.Errorf("%q: %v", b, err)
			}
			if answer := AppendError(nil, m.ID, e); !json.Valid(answer) {
				t.Errorf("%q is answered with %q", b, answer)
			}
			return
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(b, &want) != nil || string(want["jsonrpc"]) != `"2.0"` {
			t.Fatalf("%q is not what JSON-RPC is", b)
		}
		if !bytes.Equal(m.ID, want["id"]) {
			t.Errorf("%q has the id %q, want %q", b, m.ID, want["id"])
		}
		if m.ID != nil && strings.Trim(string(m.ID[:1]), `"-0123456789`) != "" {
			t.Errorf("%q has the id %q", b, m.ID)
		}
		var method string
		if want["method"] != nil && json.Unmarshal(want["method"], &method) != nil || method != m.Method {
			t.Errorf("%q has the method %q, want %q", b, m.Method, method)
		}
		var params map[string]json.RawMessage
		if m.IsResponse() != (m.Params.Raw == nil && want["method"] == nil) || json.Unmarshal(m.Params.Raw, &params) != nil && m.Params.Raw != nil {
			t.Fatalf("%q has the params %q", b, m.Params.Raw)
		}
		for key, value := range params {
			if got := m.Params.Get(key); utf8.Valid(b) && string(value) != "null" && !bytes.Equal(got, value) {
				t.Errorf("%q has the param %q = %q, want %q", b, key, got, value)
			}
		}
		if meta := params["_meta"]; utf8.Valid(b) && string(meta) != "null" && !bytes.Equal(m.Params.Meta.Raw, meta) {
			t.Errorf("%q has the _meta %q, want %q", b, m.Params.Meta.Raw, meta)
		}
		kinds := 0
		for _, is := range []bool{m.IsRequest(), m.IsNotification(), m.IsResponse()} {
			if is {
				kinds++
			}
		}
		if kinds != 1 {
			t.Errorf("%q is %d kinds of message", b, kinds)
		}
	})
}

func TestErrorStatus(t *testing.T) {
	for code, want := range map[int][2]int{ // legacy, modern
		CodeParseError: {400, 400}, CodeInvalidRequest: {400, 400}, CodeMethodNotFound: {200, 404}, CodeInvalidParams: {200, 400},
		CodeInternalError: {200, 200}, CodeHeaderMismatch: {200, 400}, CodeMissingClientCapability: {200, 400},
		CodeUnsupportedProtocolVersion: {200, 400}, CodeLegacyResourceNotFound: {200, 200}, 1001: {200, 200},
	} {
		e := NewError(code, "x")
		if got := [2]int{e.HTTPStatus(Legacy), e.HTTPStatus(Modern)}; got != want {
			t.Errorf("code %d is %v, want %v", code, got, want)
		}
	}
}

func TestAppendError(t *testing.T) {
	e := &Error{Code: -32602, Message: "no \"such\" tool\n", Data: []byte(`{"a":1}`)}
	for id, want := range map[string]string{
		"":     `{"jsonrpc":"2.0","error":{"code":-32602,"message":"no \"such\" tool\n","data":{"a":1}}}`,
		`"x"`:  `{"jsonrpc":"2.0","id":"x","error":{"code":-32602,"message":"no \"such\" tool\n","data":{"a":1}}}`,
		"1e99": `{"jsonrpc":"2.0","id":1e99,"error":{"code":-32602,"message":"no \"such\" tool\n","data":{"a":1}}}`,
	} {
		var raw []byte
		if id != "" {
			raw = []byte(id)
		}
		if got := string(AppendError(nil, raw, e)); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func TestNegotiation(t *testing.T) {
	for asked, want := range map[string]string{
		"2025-11-25": "2025-11-25", "2025-06-18": "2025-06-18", "2025-03-26": "2025-03-26",
		"2024-11-05": "2025-11-25", "2026-07-28": "2025-11-25", "": "2025-11-25",
	} {
		if got := NegotiateLegacy(asked); got != want {
			t.Errorf("asked for %q: %q, want %q", asked, got, want)
		}
	}
}
