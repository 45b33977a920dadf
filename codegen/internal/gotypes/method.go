package gotypes

import (
	"go/types"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// methods collects the facts about t's methods that encoding/json and invopop/jsonschema look for.
func methods(t types.Type) model.Methods {
	bytes, text := types.NewSlice(types.Typ[types.Byte]), types.Typ[types.Bool]
	err := types.Universe.Lookup("error").Type()
	none, data := []types.Type{}, []types.Type{bytes}
	m := model.Methods{
		MarshalJSON:   fact(t, "MarshalJSON", none, []types.Type{bytes, err}),
		UnmarshalJSON: fact(t, "UnmarshalJSON", data, []types.Type{err}),
		MarshalText:   fact(t, "MarshalText", none, []types.Type{bytes, err}),
		UnmarshalText: fact(t, "UnmarshalText", data, []types.Type{err}),
		IsZero:        fact(t, "IsZero", none, []types.Type{text}),
		JSONSchema:    fact(t, "JSONSchema", none, []types.Type{nil}),
	}
	for _, name := range []string{"JSONSchemaExtend", "JSONSchemaAlias", "JSONSchemaProperty", "GetFieldDocString"} {
		if f, _, _ := lookup(t, name); f != nil {
			m.Hooks = append(m.Hooks, name)
		}
	}
	return m
}

// fact looks one method up. A nil result type stands for any.
func fact(t types.Type, name string, params, results []types.Type) model.MethodFact {
	f, via, receiver := lookup(t, name)
	if f == nil || !matches(f.Signature().Params(), params) || !matches(f.Signature().Results(), results) {
		return model.MethodFact{}
	}
	return model.MethodFact{Receiver: receiver, Via: via}
}

func lookup(t types.Type, name string) (*types.Func, string, model.Receiver) {
	receiver := model.ValueReceiver
	obj, index, _ := types.LookupFieldOrMethod(t, false, nil, name)
	if obj == nil {
		if types.IsInterface(t) {
			return nil, "", model.NoMethod
		}
		receiver = model.PointerReceiver
		obj, index, _ = types.LookupFieldOrMethod(types.NewPointer(t), false, nil, name)
	}
	f, ok := obj.(*types.Func)
	if !ok {
		return nil, "", model.NoMethod
	}
	return f, embeddedPath(t, index), receiver
}

func matches(got *types.Tuple, want []types.Type) bool {
	if got.Len() != len(want) {
		return false
	}
	for i, w := range want {
		if w != nil && !types.Identical(got.At(i).Type(), w) {
			return false
		}
	}
	return true
}

// embeddedPath spells the fields that all but the last index walk through.
func embeddedPath(t types.Type, index []int) string {
	var path []string
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			break
		}
		path = append(path, s.Field(i).Name())
		t = s.Field(i).Type()
	}
	return strings.Join(path, ".")
}
