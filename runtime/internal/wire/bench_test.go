package wire

import (
	"strings"
	"testing"
)

const (
	legacyCall = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada Lovelace"}}}`
	modernCall = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada Lovelace"},"_meta":{` +
		`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0.0"},"io.modelcontextprotocol/clientCapabilities":{}}}}`
)

// The first stage of a call: the envelope is scanned.
func BenchmarkScan(b *testing.B) {
	for name, text := range map[string]string{
		"legacy": legacyCall, "modern": modernCall,
		"4KB": strings.Replace(legacyCall, "Ada", strings.Repeat("Ada ", 1000), 1),
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var m Message
			for b.Loop() {
				if err := Parse(&m, data, MaxDepth); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The last stage: text is put into the answer.
func BenchmarkAppendString(b *testing.B) {
	for name, text := range map[string]string{
		"words": strings.Repeat("plain words ", 340), "json": strings.Repeat(`{"id":"P-01","count":2},`, 170), "漢字": strings.Repeat("漢字 and 😀 ", 230),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			dst := make([]byte, 0, 16<<10)
			for b.Loop() {
				dst = AppendString(dst[:0], text)
			}
		})
	}
}

// Scanning allocates nothing for what nearly every message holds.
func TestAllocations(t *testing.T) {
	var m Message
	dst := make([]byte, 0, 1024)
	legacy, modern := []byte(legacyCall), []byte(modernCall)
	for name, f := range map[string]func(){
		"scan legacy": func() { _ = Parse(&m, legacy, MaxDepth) },
		"scan modern": func() { _ = Parse(&m, modern, MaxDepth) },
		"string":      func() { dst = AppendString(dst[:0], "a \"quoted\" word\n") },
		"error":       func() { dst = AppendError(dst[:0], []byte("7"), errStale) },
	} {
		if got := testing.AllocsPerRun(100, f); got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

var errStale = NewError(CodeInvalidParams, "stale")
