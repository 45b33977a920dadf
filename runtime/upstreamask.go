package xmcp

import (
	"encoding/json"
	"slices"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// neededFor is what a request to the client takes.
func neededFor(method string, raw json.RawMessage) ability {
	params, err := wire.Object(raw)
	if err != nil {
		params = &wire.Params{}
	}
	switch method {
	case wire.CreateSamplingMessage:
		if params.Get("tools") != nil || params.Get("toolChoice") != nil {
			return samples | samplesWithTools
		}
		return samples
	case wire.ListRoots:
		return listsRoots
	}
	if mode, _ := params.String("mode"); mode == "url" {
		return opensPages
	}
	return fillsForms
}

// stateOfUpstream is the key of the upstream's state in what is sealed.
const stateOfUpstream = "upstream"

// openRound returns the params of a request for the upstream, nil where they are as the client has sent them: a state is what the
// upstream has made of it, which clients cannot read or change. One that is too old is left out.
func (c *call) openRound() ([]byte, error) {
	state := c.msg.Params.Get("requestState")
	if c.era == wire.Legacy || !c.mayAsk() || state == nil {
		return nil, nil
	}
	text, err := wire.Unquote(state)
	if err != nil {
		return nil, wire.NewError(wire.CodeInvalidParams, "requestState must be a string")
	}
	kept, err := c.openState(text)
	if err != nil {
		return nil, err
	}
	members, err := wire.AppendMembers(nil, c.msg.Params.Raw, c.srv.cfg.Limits.Nesting)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(members, func(m wire.Member) bool { return string(m.Key) == "requestState" })
	if members[i].Value = kept[stateOfUpstream]; members[i].Value == nil {
		members = slices.Delete(members, i, i+1)
	}
	return appendObject(nil, members), nil
}

// closeRound holds input requests of the upstream to what holds for our own: the client is asked for nothing that it has not declared,
// and the state is sealed (MCP 2026-07-28, basic/patterns/mrtr). Other results stay as they are.
func (c *call) closeRound(result []wire.Member) error {
	var kind, requests []byte
	var state *wire.Member
	for i := range result {
		switch m := &result[i]; string(m.Key) {
		case "resultType":
			kind = m.Value
		case "inputRequests":
			requests = m.Value
		case "requestState":
			state = m
		}
	}
	if string(kind) != `"input_required"` {
		return nil
	}
	if lacks := neededForAll(requests) &^ c.abilities(); lacks != 0 {
		return missingCapabilities(lacks)
	}
	if state != nil {
		sealed, err := c.sealState(map[string]json.RawMessage{stateOfUpstream: state.Value})
		if err != nil {
			return err
		}
		state.Value = wire.AppendString(nil, sealed)
	}
	c.trail.ask()
	return nil
}

// neededForAll is what the input requests of a result take of a client.
func neededForAll(raw []byte) (needs ability) {
	requests, _ := wire.AppendMembers(nil, raw, wire.MaxDepth)
	for _, m := range requests {
		if request, err := wire.Object(m.Value); err == nil {
			method, _ := request.String("method")
			needs |= neededFor(method, request.Get("params"))
		}
	}
	return needs
}
