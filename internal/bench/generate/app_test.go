package main

import (
	"bytes"
	"context"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestApp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "app")
	if err := writeApp(dir, "../../checkout", 3); err != nil {
		t.Fatal(err)
	}
	tools, err := filepath.Glob(filepath.Join(dir, "src", "tools", "*.go"))
	if err != nil || len(tools) != 3 {
		t.Fatalf("tools %q (%v)", tools, err)
	}
	for _, file := range append(tools, filepath.Join(dir, "main.go")) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if formatted, err := format.Source(content); err != nil || !bytes.Equal(formatted, content) {
			t.Errorf("%s is not formatted Go (%v)", file, err)
		}
		if bytes.Contains(content, []byte("%!")) {
			t.Errorf("%s has a verb without a value:\n%s", file, content)
		}
	}
}

func TestAnEditChangesATool(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "app")
	if err := writeApp(dir, "../../checkout", 1); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "src", "tools", "order0.go")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeTool(dir, 0, 1); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(before, after) {
		t.Error("nothing to generate")
	}
}

func TestMedian(t *testing.T) {
	costs := []cost{{5, 1}, {1, 2}, {4, 3}}
	got, err := median(len(costs), func(i int) (cost, error) { return costs[i], nil })
	if err != nil || got != costs[2] {
		t.Errorf("median %v, %v", got, err)
	}
}

func TestBadUsage(t *testing.T) {
	for _, args := range [][]string{{"-tools", "0"}, {"-runs", "0"}, {"-growth", "50"}, {"extra"}, {"-nope"}} {
		var out strings.Builder
		if err := run(context.Background(), args, &out); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
