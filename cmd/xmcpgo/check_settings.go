package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/compare"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/review"
)

// settingsFile is where an app configures the commands.
const settingsFile = "xmcp.json"

// checkSettings is the entry "check" of the file.
type checkSettings struct {
	// TokensPerTool and Tokens are budgets; zero is none.
	TokensPerTool int `json:"tokensPerTool"`
	Tokens        int `json:"tokens"`
	// Accept are findings that are meant.
	Accept []acceptance `json:"accept"`
}

// acceptance is a change or a problem that is meant.
type acceptance struct {
	Rule string `json:"rule"`
	Item string `json:"item"`           // "tool greet"
	Path string `json:"path,omitempty"` // "input.name"; empty for any
	Why  string `json:"why"`
}

func (a acceptance) covers(f *checkFinding) bool {
	return a.Rule == f.Rule && a.Item == f.Item && (a.Path == "" || a.Path == f.Path)
}

// readCheckSettings reads the file, if there is one. Misspelt entries are errors, since they would be as good as absent.
func readCheckSettings(file string) (*checkSettings, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &checkSettings{}, nil
	}
	if err != nil {
		return nil, err
	}
	name := filepath.Base(file)
	var all struct {
		Check checkSettings `json:"check"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: there is more behind the object", name)
	}
	if all.Check.TokensPerTool < 0 || all.Check.Tokens < 0 {
		return nil, fmt.Errorf("%s: a budget cannot be below zero", name)
	}
	known := slices.Concat(compare.Rules(), review.Rules())
	for i, a := range all.Check.Accept {
		switch {
		case known.Lookup(a.Rule) == nil:
			return nil, fmt.Errorf("%s: check.accept[%d]: there is no rule %q%s", name, i, a.Rule, didYouMean(a.Rule, known.IDs()))
		case a.Why == "":
			return nil, fmt.Errorf("%s: check.accept[%d]: say why, for the next one who reads it", name, i)
		}
	}
	return &all.Check, nil
}
