package xmcp

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
)

// Contexts made of a call's cost no goroutine each, and end with it all the same.
func TestContextsOfACallNeedNoGoroutines(t *testing.T) {
	var kept []context.Context
	s := oneTool(t, Config{}, func(ctx context.Context) error {
		before := runtime.NumGoroutine()
		for range 100 {
			child, cancel := context.WithCancel(ctx)
			t.Cleanup(cancel)
			kept = append(kept, child)
		}
		if more := runtime.NumGoroutine() - before; more > 10 {
			t.Errorf("%d goroutines for 100 contexts", more)
		}
		return nil
	})
	post(t, s, callT, nil)
	for i, child := range kept {
		<-child.Done()
		if !errors.Is(child.Err(), context.Canceled) {
			t.Fatalf("context %d ended with %v", i, child.Err())
		}
	}
}

func TestAfterFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran []string
		var stopEarly, stopLate func() bool
		s := oneTool(t, Config{}, func(ctx context.Context) error {
			stopEarly = context.AfterFunc(ctx, func() { ran = append(ran, "stopped") })
			stopLate = context.AfterFunc(ctx, func() { ran = append(ran, "kept") })
			if !stopEarly() || stopEarly() {
				t.Error("stop tells whether it has stopped the function, which it does once")
			}
			return nil
		})
		post(t, s, callT, nil)
		synctest.Wait()
		if len(ran) != 1 || ran[0] != "kept" {
			t.Errorf("ran %q", ran)
		}
		if stopLate() {
			t.Error("a function that has run was stopped")
		}
	})
}
