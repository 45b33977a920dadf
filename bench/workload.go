package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
)

// Protocol revisions, one of each era.
const (
	legacy = "2025-11-25"
	modern = "2026-07-28"
)

const modernMeta = `,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0.0"},"io.modelcontextprotocol/clientCapabilities":{}}`

const greetArguments = `{"name":"Ada Lovelace"}`

const orderArguments = `{"customer":"Analytical Engines Ltd","reference":"2026-0815","email":"ada@example.com","phone":"+44 20 7946 0018","speed":"fast",` +
	`"insured":true,"gift":false,"discount":2.5,"weight":12.75,"parcels":12,"priority":3,` +
	`"ship":{"name":"Ada Lovelace","street":"12 St James's Square","city":"London","zip":"12345","country":"GB"},` +
	`"bill":{"name":"Charles Babbage","street":"1 Dorset Street","city":"London","zip":"54321","country":"GB"},` +
	`"lines":[{"article":"GEAR-20","count":120,"price":1.25},{"article":"SHAFT-7","count":4,"price":18.4}],` +
	`"tags":["brass","engine","urgent"],"sizes":[3,5,8,13],"labels":{"room":"West Wing","floor":"2"},` +
	`"before":"2026-12-01T12:00:00Z","note":"ring twice","comment":"leave with the \"porter\" if nobody answers"}`

// message is a request of a revision, as a client writes it.
func message(version, method, name, arguments string) []byte {
	params := ""
	if name != "" {
		params = fmt.Sprintf(`"name":%q,"arguments":%s`, name, arguments)
	}
	if version == modern {
		params = strings.TrimPrefix(params+modernMeta, ",")
	}
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":7,"method":%q,"params":{%s}}`, method, params)
}

// request puts a message into an HTTP request with the headers that clients of the revision send.
func request(version, method, name string, body []byte, more ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:3001\r\nUser-Agent: bench/1.0\r\nContent-Type: application/json\r\n"+
		"Accept: application/json, text/event-stream\r\nContent-Length: %d\r\nMCP-Protocol-Version: %s\r\n", len(body), version)
	if version == modern {
		fmt.Fprintf(&b, "Mcp-Method: %s\r\n", method)
		if name != "" {
			fmt.Fprintf(&b, "Mcp-Name: %s\r\n", name)
		}
	}
	for _, h := range more {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

func call(version, name, arguments string, more ...string) []byte {
	return request(version, "tools/call", name, message(version, "tools/call", name, arguments), more...)
}

func list(version string) []byte {
	return request(version, "tools/list", "", message(version, "tools/list", "", ""))
}

// row is one line of the table: a kind of request, and who can answer it.
type row struct {
	name     string
	version  string
	server   string // which of our apps
	must     float64
	aim      float64
	allocs   int // that a call may need beyond the floor's
	peers    bool
	sticky   bool   // each connection has a request of its own
	want     string // what an answer says, whoever it is from
	requests func(h *harness) ([][]byte, error)
}

func one(b []byte) func(*harness) ([][]byte, error) {
	return func(*harness) ([][]byte, error) { return [][]byte{b}, nil }
}

// firstAnswer sends a server the first request of a row. An answer that does not say what it should is an error: mistakes of clients and of
// tools have status 200 too, and are cheaper than what is to be measured.
func (r *row) firstAnswer(s *server, requests [][]byte) ([]byte, error) {
	body, err := load.Once(s.addr, requests[0])
	if err == nil && !bytes.Contains(body, []byte(r.want)) {
		err = fmt.Errorf("%q is not in the answer %.500q", r.want, body)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return body, nil
}

const (
	greeted = `{"type":"text","text":"Hello, Ada Lovelace!"}`
	ordered = `"structuredContent":{"id":"2026-0815",`
	listed  = `"title":"Find 99"`
)

var rows = []row{
	{"tools/call", legacy, "ours", 0.65, 0.80, 30, true, false, greeted, one(call(legacy, "greet", greetArguments))},
	{"tools/call", modern, "ours", 0.60, 0.75, 40, true, false, greeted, one(call(modern, "greet", greetArguments))},
	{"tools/call in a session", legacy, "ours", 0.65, 0.80, 30, false, true, greeted, (*harness).inSession},
	{"tools/call with tokens", legacy, "signed", 0.55, 0.75, 30, false, false, greeted, func(h *harness) ([][]byte, error) { return h.withTokens(legacy) }},
	{"tools/call with tokens", modern, "signed", 0.50, 0.70, 40, false, false, greeted, func(h *harness) ([][]byte, error) { return h.withTokens(modern) }},
	{"tools/call, 20 arguments, 4 KB result", legacy, "ours", 0.50, 0.60, 30, false, false, ordered, one(call(legacy, "order", orderArguments))},
	{"tools/call, 20 arguments, 4 KB result", modern, "ours", 0.45, 0.55, 40, false, false, ordered, one(call(modern, "order", orderArguments))},
	{"tools/list, 100 tools", legacy, "hundred", 0.80, 0.90, 30, false, false, listed, one(list(legacy))},
	{"tools/list, 100 tools", modern, "hundred", 0.80, 0.90, 40, false, false, listed, one(list(modern))},
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1.0.0"}}}`
