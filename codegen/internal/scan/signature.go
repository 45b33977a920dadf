package scan

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// allowed are the signatures of each kind, as the diagnostics show them.
func allowed(kind model.ItemKind) string {
	switch kind {
	case model.Prompt:
		return "func(context.Context, In) (Out, error) and func(context.Context) (Out, error), with Out a string, []xmcp.Message or *xmcp.PromptResult"
	case model.Resource:
		return "func(context.Context, In) (Out, error) and func(context.Context) (Out, error)"
	}
	return "func(context.Context, In) (Out, error), func(context.Context) (Out, error), func(context.Context, In) error and func(context.Context) error"
}

// shape is what a signature is made of when it is an allowed one.
type shape struct {
	in, out types.Type // nil when absent
}

// shapeOf reads a signature; problem says in a few words why it is not allowed.
func shapeOf(sig *types.Signature, kind model.ItemKind) (s shape, problem string) {
	params, results := sig.Params(), sig.Results()
	switch {
	case sig.TypeParams().Len() > 0:
		return s, "it has type parameters"
	case sig.Variadic():
		return s, "it is variadic"
	case !takesContext(sig):
		return s, "its first parameter is not a context.Context"
	case params.Len() > 2:
		return s, "it has more than two parameters"
	case results.Len() == 0:
		return s, "it returns no error"
	case results.Len() > 2:
		return s, "it returns more than two values"
	case !isError(results.At(results.Len() - 1).Type()):
		return s, "its last result is not an error"
	case results.Len() == 1 && kind != model.Tool:
		return s, "it returns nothing but an error"
	}
	if params.Len() == 2 {
		s.in = params.At(1).Type()
	}
	if results.Len() == 2 {
		s.out = results.At(0).Type()
	}
	return s, ""
}

func takesContext(sig *types.Signature) bool {
	return sig.Params().Len() > 0 && isNamed(sig.Params().At(0).Type(), "context", "Context")
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// signature checks the handler's signature and takes its types into the item.
func (s *scanner) signature(it *model.Item, f *function) bool {
	if hasInvalid(f.sig) {
		return false // the compiler's error says it
	}
	sh, problem := shapeOf(f.sig, it.Kind)
	if problem != "" {
		s.diags.Add(s.errorf(f.decl.Name, diag.WrongSignature, "%s cannot be a %s: %s; found %s", f, it.Kind, problem, s.spell(withoutReceiver(f.sig))).
			WithRelated(it.MetadataPos, "%s is here", it.MetadataVar).
			WithHint("allowed are %s", allowed(it.Kind)))
		return false
	}
	ok := true
	if sh.in != nil {
		ok = s.input(it, f, sh.in)
	}
	if sh.out != nil {
		ok = s.output(it, f, sh.out) && ok
	}
	return ok
}

func withoutReceiver(sig *types.Signature) *types.Signature {
	if sig.Recv() == nil {
		return sig
	}
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// input takes the handler's input: a struct, or raw JSON when the metadata brings the schema.
func (s *scanner) input(it *model.Item, f *function, t types.Type) bool {
	at := paramType(f.decl, 1)
	problem, hint := "", "declare a struct: type "+inputName(it)+" struct{ … }"
	switch {
	case isNamed(t, "encoding/json", "RawMessage"):
		if it.Kind == model.Tool && it.Metadata.InputSchema != "" {
			it.RawInput = true
			it.In = s.conv.Type(t)
			return true
		}
		problem = "json.RawMessage needs an InputSchema in the metadata"
		if it.Kind != model.Tool {
			problem = "json.RawMessage is for tools with an InputSchema"
		}
	case isStruct(t):
		it.In = s.conv.Type(t)
		return true
	case isPointerToStruct(t):
		problem, hint = "it is a pointer", "take the struct itself: "+s.spell(types.Unalias(t).(*types.Pointer).Elem())
	default:
		problem = "it is not a struct"
	}
	s.diags.Add(s.errorf(at, diag.WrongInput, "%s cannot be the input of %s: %s", s.spell(t), f, problem).WithHint("%s", hint))
	return false
}

// output takes what the handler returns.
func (s *scanner) output(it *model.Item, f *function, t types.Type) bool {
	at := resultType(f.decl, 0)
	full := map[model.ItemKind]string{model.Tool: "Result", model.Prompt: "PromptResult", model.Resource: "ResourceResult"}
	refuse := func(problem, hint string) bool {
		s.diags.Add(s.errorf(at, diag.WrongOutput, "%s cannot be the result of %s: %s", s.spell(t), f, problem).WithHint("%s", hint))
		return false
	}
	it.Out = s.conv.Type(t)
	for kind, name := range full {
		if isNamed(t, Runtime, name) {
			return refuse("it is not a pointer", "return *xmcp."+full[it.Kind])
		}
		if p, ok := types.Unalias(t).(*types.Pointer); ok && isNamed(p.Elem(), Runtime, name) {
			if kind != it.Kind {
				return refuse("it belongs to a "+kind.String(), "return *xmcp."+full[it.Kind])
			}
			it.Result = model.FullResult
			return true
		}
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		for _, name := range [...]string{"CallToolResult", "GetPromptResult", "ReadResourceResult"} {
			if isNamed(p.Elem(), "github.com/mark3labs/mcp-go/mcp", name) {
				return refuse("it would be sent as plain JSON", "return *xmcp."+full[it.Kind])
			}
		}
	}
	switch {
	case types.Identical(t, types.Typ[types.String]):
		it.Result = model.Text
	case it.Kind == model.Prompt && s.isMessages(t):
		it.Result = model.Messages
	case it.Kind == model.Prompt:
		return refuse("a prompt is made of messages", "return a string (one user message), []xmcp.Message or *xmcp.PromptResult")
	case it.Kind == model.Resource && isBytes(t):
		it.Result = model.Bytes
	case isError(t):
		return refuse("errors are the second result", "return (Out, error), or only error")
	default:
		it.Result = model.JSON
	}
	return true
}

func (s *scanner) isMessages(t types.Type) bool {
	slice, ok := types.Unalias(t).(*types.Slice)
	message := s.runtimeType("Message")
	return ok && message != nil && types.Identical(slice.Elem(), message)
}

func isBytes(t types.Type) bool {
	slice, ok := types.Unalias(t).(*types.Slice)
	return ok && types.Identical(slice.Elem(), types.Typ[types.Byte])
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isPointerToStruct(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isStruct(p.Elem())
}

// hasInvalid reports whether the compiler could not make sense of a type of the signature.
func hasInvalid(sig *types.Signature) bool {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if invalid(v.Type()) {
				return true
			}
		}
	}
	return false
}

func invalid(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return invalid(t.Elem())
	case *types.Slice:
		return invalid(t.Elem())
	case *types.Map:
		return invalid(t.Key()) || invalid(t.Elem())
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if invalid(arg) {
				return true
			}
		}
		return t.Underlying() == types.Typ[types.Invalid]
	}
	return false
}

// receiverProblem says why the registry cannot call a method; "" when it can.
func (s *scanner) receiverProblem(f *function) string {
	if f.recv == "" {
		return ""
	}
	obj, ok := s.pkg.Types.Scope().Lookup(f.recv).(*types.TypeName)
	if !ok {
		return "its receiver is not a type of this package"
	}
	t := types.Unalias(obj.Type())
	if named, ok := t.(*types.Named); ok {
		obj = named.Obj()
	}
	switch {
	case !token.IsExported(obj.Name()):
		return "its receiver " + obj.Name() + " is not exported, so main cannot pass one in"
	case f.sig.RecvTypeParams().Len() > 0:
		return "its receiver " + obj.Name() + " has type parameters"
	case !isStruct(t):
		return "its receiver " + obj.Name() + " is not a struct"
	}
	return ""
}

// paramType is the type expression of the i-th parameter; the name of the function where there is none.
func paramType(d *ast.FuncDecl, i int) ast.Node { return nthType(d, d.Type.Params, i) }

func resultType(d *ast.FuncDecl, i int) ast.Node { return nthType(d, d.Type.Results, i) }

func nthType(d *ast.FuncDecl, list *ast.FieldList, i int) ast.Node {
	if list != nil {
		for _, field := range list.List {
			if i -= max(1, len(field.Names)); i < 0 {
				return field.Type
			}
		}
	}
	return d.Name
}
