package main

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/bytedance/sonic"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/goccy/go-json"
	segmentio "github.com/segmentio/encoding/json"

	"github.com/xmcpgo/xmcpgo/bench/servers/ours/src/tools"
)

// library is a JSON library that the arguments could be decoded with, and results encoded.
type library struct {
	name   string
	decode func([]byte, any) error // unknown members are refused, where the library can
	encode func(any) ([]byte, error)
}

var libraries = []library{
	{"encoding-json", func(data []byte, to any) error {
		d := stdjson.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		return d.Decode(to)
	}, stdjson.Marshal},
	{"go-json-experiment", func(data []byte, to any) error { return jsonv2.Unmarshal(data, to, jsonv2.RejectUnknownMembers(true)) },
		func(v any) ([]byte, error) { return jsonv2.Marshal(v) }},
	{"goccy", func(data []byte, to any) error {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		return d.Decode(to)
	}, json.Marshal},
	{"segmentio", func(data []byte, to any) error {
		_, err := segmentio.Parse(data, to, segmentio.DisallowUnknownFields)
		return err
	}, segmentio.Marshal},
	{"sonic", sonic.Config{DisallowUnknownFields: true}.Froze().Unmarshal, sonic.Marshal},
}

// What a call with 20 arguments and a result of 4 KB would spend in other libraries for its JSON alone: one decode of the arguments, one
// encode of the result, and the result once more as a string for clients that read text. The last one is our handler, which does that and
// all the rest: it reads the envelope, checks the headers, validates, refuses duplicate members, and logs.
func BenchmarkLibraries(b *testing.B) {
	var in tools.OrderInput
	if err := stdjson.Unmarshal([]byte(orderArguments), &in); err != nil {
		b.Fatal(err)
	}
	out, err := tools.Order(context.Background(), in)
	if err != nil {
		b.Fatal(err)
	}
	for _, l := range libraries {
		b.Run("json/"+l.name, func(b *testing.B) {
			arguments := []byte(orderArguments)
			b.ReportAllocs()
			for b.Loop() {
				var in tools.OrderInput
				if err := l.decode(arguments, &in); err != nil {
					b.Fatal(err)
				}
				raw, err := l.encode(&out)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := l.encode(string(raw)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("whole-call/ours", func(b *testing.B) {
		d := newDirect(b, legacy, "order", orderArguments)
		b.ReportAllocs()
		for b.Loop() {
			if status := d.call(); status != http.StatusOK {
				b.Fatal(status)
			}
		}
	})
}

// What another library reads and writes means what it does to encoding/json.
func TestLibrariesAgree(t *testing.T) {
	var want tools.OrderInput
	if err := stdjson.Unmarshal([]byte(orderArguments), &want); err != nil {
		t.Fatal(err)
	}
	for _, l := range libraries {
		var read, written tools.OrderInput
		if err := l.decode([]byte(orderArguments), &read); err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		raw, err := l.encode(want)
		if err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		if err := stdjson.Unmarshal(raw, &written); err != nil {
			t.Errorf("%s wrote %s: %v", l.name, raw, err)
		}
		if !reflect.DeepEqual(read, want) || !reflect.DeepEqual(written, want) {
			t.Errorf("%s read %+v and wrote %s", l.name, read, raw)
		}
		if l.decode([]byte(`{"unknown":1}`), &read) == nil {
			t.Errorf("%s takes unknown members", l.name)
		}
	}
}
