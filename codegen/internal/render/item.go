package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// packageWriter prints the file of one package.
type packageWriter struct {
	b       strings.Builder
	pkg     *model.Package
	imp     *imports
	xmcp    string
	runtime string            // import path of package xmcp
	params  map[string]string // receiver type → parameter
}

func (w *packageWriter) item(it *model.Item) {
	kind := map[model.ItemKind]string{model.Tool: "Tool", model.Prompt: "Prompt", model.Resource: "Resource"}[it.Kind]
	fmt.Fprintf(&w.b, "r.Add%s(%s.%sItem{\n", kind, w.xmcp, kind)
	w.field("Name", strconv.Quote(it.Name))
	w.field("Description", literal(it.Description))
	w.field("Position", strconv.Quote(fmt.Sprintf("%s:%d", it.Pos.File, it.Pos.Line)))
	w.field("Metadata", it.MetadataVar)
	if it.Kind == model.Prompt && len(it.Arguments) > 0 {
		w.arguments(it.Arguments)
	}
	if len(it.InputSchema) > 0 {
		w.field("InputSchema", w.schema(it.InputSchema))
	}
	if it.Metadata.InputSchema != "" { // it may say what decoding does not check
		w.field("Validate", fmt.Sprintf("%s.Validator(%s.InputSchema)", w.imp.name(w.runtime+"/rawschema", "rawschema"), it.MetadataVar))
	}
	if len(it.OutputSchema) > 0 {
		w.field("OutputSchema", w.schema(it.OutputSchema))
	}
	if !it.Complete.IsZero() {
		w.field("Complete", w.ref(it.Complete))
	}
	w.field("Handler", w.handler(it, kind))
	w.b.WriteString("})\n")
}

func (w *packageWriter) field(name, value string) { fmt.Fprintf(&w.b, "%s: %s,\n", name, value) }

func (w *packageWriter) arguments(args []model.Argument) {
	fmt.Fprintf(&w.b, "Arguments: []%s.PromptArgument{\n", w.xmcp)
	for _, a := range args {
		fields := []string{"Name: " + strconv.Quote(a.Name)}
		if a.Title != "" {
			fields = append(fields, "Title: "+literal(a.Title))
		}
		if a.Description != "" {
			fields = append(fields, "Description: "+literal(a.Description))
		}
		if a.Required {
			fields = append(fields, "Required: true")
		}
		fmt.Fprintf(&w.b, "{%s},\n", strings.Join(fields, ", "))
	}
	w.b.WriteString("},\n")
}

// schema prints literal parts and, for types that bring their own schema, calls.
func (w *packageWriter) schema(parts model.Schema) string {
	var exprs []string
	for _, p := range parts {
		if p.Custom == nil {
			exprs = append(exprs, literal(p.JSON))
			continue
		}
		name, _ := p.Custom.Spell(w.imp.name, w.pkg.Path)
		exprs = append(exprs, fmt.Sprintf("%s.SchemaJSON(new(%s).JSONSchema())", w.xmcp, name))
	}
	return strings.Join(exprs, " + ")
}

func (w *packageWriter) ref(r model.Ref) string {
	if r.Receiver == "" {
		return r.Name
	}
	return w.params[r.Receiver] + "." + r.Name
}

// handler prints the constructor that the signature asks for. The type arguments are spelled out where they can be, so
// that another input or output type does not compile.
func (w *packageWriter) handler(it *model.Item, kind string) string {
	if it.FS {
		return fmt.Sprintf("%s.HandleResourceFS(%s)", w.xmcp, it.Handler.Name)
	}
	name := "Handle" + kind
	switch {
	case it.In == nil && it.Out == nil:
		name += "Bare"
	case it.In == nil:
		name += "NoInput"
	case it.Out == nil:
		name += "NoOutput"
	}
	return fmt.Sprintf("%s.%s%s(%s)", w.xmcp, name, w.typeArgs(it), w.ref(it.Handler))
}

func (w *packageWriter) typeArgs(it *model.Item) string {
	var args []string
	for _, t := range []*model.Type{it.In, it.Out} {
		switch {
		case t == nil:
			continue
		case t == it.Out && it.Result == model.Messages: // an alias of a type whose package the app need not import
			args = append(args, "[]"+w.xmcp+".Message")
			continue
		case t == it.Out && it.Result == model.Bytes:
			args = append(args, "[]byte")
			continue
		}
		if _, ok := t.Spell(func(_, name string) string { return name }, w.pkg.Path); !ok {
			return ""
		}
		text, _ := t.Spell(w.imp.name, w.pkg.Path)
		args = append(args, text)
	}
	if len(args) == 0 {
		return ""
	}
	return "[" + strings.Join(args, ", ") + "]"
}

// literal prints a string, raw where that saves escapes.
func literal(s string) string {
	if strings.ContainsAny(s, "\"\\") && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}
