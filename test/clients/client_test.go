package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// The protocol eras that clients speak.
const (
	legacy = "2025-11-25"
	modern = "2026-07-28"
	auto   = "auto" // whatever the client finds, for those that look
)

// target is a server as a client reaches it: by URL, or as a program to start.
type target struct {
	url     string
	command []string
}

// client is one of the clients, brought to one form: answers are the JSON results of the protocol.
type client interface {
	list(t *testing.T, method string) []object
	call(t *testing.T, tool string, args object) object
	get(t *testing.T, prompt string, args map[string]string) object
	read(t *testing.T, uri string) (object, error)
	// keeps reports whether one server process answers all requests.
	keeps() bool
}

// deadline bounds one exchange with a server.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type object = map[string]any

// toObject gives the JSON form of a value.
func toObject(t *testing.T, v any) object {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out object
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return out
}

// objects gives the list that a result holds under a key.
func objects(t *testing.T, result object, key string) []object {
	t.Helper()
	list, ok := result[key].([]any)
	if !ok {
		t.Fatalf("the result has no list %q: %v", key, result)
	}
	out := make([]object, len(list))
	for i, v := range list {
		if out[i], ok = v.(object); !ok {
			t.Fatalf("%s[%d] is no object: %v", key, i, v)
		}
	}
	return out
}

// lacking says where got differs from want: objects may have more members than
// wanted, everything else is equal. An expectation can be a func(any) bool.
func lacking(got, want any, path string) error {
	switch want := want.(type) {
	case func(any) bool:
		if !want(got) {
			return fmt.Errorf("%s is %v", path, got)
		}
	case object:
		g, ok := got.(object)
		if !ok {
			return fmt.Errorf("%s is %v, want an object", path, got)
		}
		for key, w := range want {
			if err := lacking(g[key], w, path+"."+key); err != nil {
				return err
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return fmt.Errorf("%s is %v, want %d elements", path, got, len(want))
		}
		for i, w := range want {
			if err := lacking(g[i], w, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	default:
		if got != want {
			return fmt.Errorf("%s is %#v, want %#v", path, got, want)
		}
	}
	return nil
}
