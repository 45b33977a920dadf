package xmcp

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// resource is a resource with one URI that is ready to be listed and read.
type resource struct {
	item   ResourceItem
	acc    access
	uri    string
	mime   string
	file   string // within Handler.fs
	listed []byte
}

func (r *resource) access() *access { return &r.acc }

// newResources prepares a static resource, or one for each file of a folder.
func newResources(item *ResourceItem) ([]*resource, error) {
	if err := checkResource(item); err != nil {
		return nil, err
	}
	if item.Handler.fs != nil {
		return newFolder(item)
	}
	if item.Handler.in != nil {
		return nil, errors.New("its handler takes input, but its URI has no variables")
	}
	r := &resource{item: *item, uri: item.Metadata.URI, mime: item.mimeType()}
	return []*resource{r}, r.prepare(item.Name)
}

func checkResource(item *ResourceItem) error {
	m := &item.Metadata
	err := checkDescription(item.Description, m.Description)
	if item.Name == "" {
		err = errors.Join(err, errors.New("it has no name"))
	}
	if m.Name != "" && m.Name != item.Name {
		err = errors.Join(err, fmt.Errorf("its metadata now says the name is %q: run go generate ./...", m.Name))
	}
	if u, parseErr := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(m.URI)); parseErr != nil || u.Scheme == "" {
		err = errors.Join(err, errors.New("its URI is not absolute"))
	}
	if item.Handler.run == nil && item.Handler.fs == nil {
		err = errors.Join(err, errors.New("it has no handler"))
	}
	return err
}

// newFolder makes a resource of each file below the URI of the metadata.
func newFolder(item *ResourceItem) ([]*resource, error) {
	var list []*resource
	base := strings.TrimSuffix(item.Metadata.URI, "/") + "/"
	err := fs.WalkDir(item.Handler.fs, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		r := &resource{item: *item, uri: base + (&url.URL{Path: file}).EscapedPath(), file: file, mime: item.Metadata.MIMEType}
		if r.mime == "" {
			if r.mime, err = sniff(item.Handler.fs, file); err != nil {
				return err
			}
		}
		list = append(list, r)
		return r.prepare(file)
	})
	return list, err
}

// textTypes are types of files that are often served and that package mime takes from the machine it runs on, if at all.
var textTypes = map[string]string{
	".csv": "text/csv", ".go": "text/x-go", ".jsonl": "application/x-ndjson", ".md": "text/markdown", ".sql": "application/sql",
	".toml": "application/toml", ".ts": "text/typescript", ".tsx": "text/typescript", ".txt": "text/plain", ".yaml": "application/yaml", ".yml": "application/yaml",
}

func sniff(files fs.FS, file string) (string, error) {
	ext := strings.ToLower(path.Ext(file))
	if t := textTypes[ext]; t != "" {
		return t, nil
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t, nil
	}
	data, err := fs.ReadFile(files, file)
	return http.DetectContentType(data), err
}

func (r *resource) prepare(name string) (err error) {
	m := &r.item.Metadata
	r.acc = access{m.Scopes, m.Permissions, m.Visible}
	r.listed, err = listedResource("uri", r.uri, name, &r.item, r.mime)
	return err
}

// listedResource is a resource or a resource template as lists show it.
func listedResource(key, uri, name string, item *ResourceItem, mimeType string) ([]byte, error) {
	m := &item.Metadata
	var annotations *mcp.Annotations
	if len(m.Audience) > 0 || m.Priority != 0 {
		annotations = &mcp.Annotations{Audience: m.Audience}
		if m.Priority != 0 {
			annotations.Priority = &m.Priority
		}
	}
	b, err := marshal(struct {
		Name        string           `json:"name"`
		Title       string           `json:"title,omitempty"`
		Description string           `json:"description,omitempty"`
		MIMEType    string           `json:"mimeType,omitempty"`
		Annotations *mcp.Annotations `json:"annotations,omitempty"`
		Icons       []Icon           `json:"icons,omitempty"`
		Meta        map[string]any   `json:"_meta,omitempty"`
	}{name, m.Title, item.Description, mimeType, annotations, m.Icons, m.Meta})
	if err != nil {
		return nil, err
	}
	head := append([]byte{'{'}, wire.AppendString(nil, key)...)
	head = append(head, ':')
	head = append(wire.AppendString(head, uri), ',')
	return append(head, b[1:]...), nil
}

// readResource answers resources/read: the static resource with that URI, or the first template that it fits.
func (c *call) readResource(dst []byte) ([]byte, error) {
	uri, ok := c.msg.Params.String("uri")
	if !ok {
		return nil, wire.NewError(wire.CodeInvalidParams, "uri must be a string")
	}
	cat := c.srv.catalog.Load()
	if r := cat.resources.byKey[uri]; r != nil && !r.acc.hidden(c.principal) {
		if err := c.permit(&r.acc); err != nil {
			return nil, c.handlerError(err, r.item.Position)
		}
		if err := c.readAnswers(); err != nil {
			return nil, err
		}
		out, err := r.read(c)
		return c.appendContents(dst, &r.item, uri, r.mime, out, err)
	}
	for _, key := range cat.templates.keys {
		t := cat.templates.byKey[key]
		if t.acc.hidden(c.principal) {
			continue
		}
		raw, fits := t.match(uri)
		if !fits {
			continue
		}
		if err := c.permit(&t.acc); err != nil {
			return nil, c.handlerError(err, t.item.Position)
		}
		if err := c.readAnswers(); err != nil {
			return nil, err
		}
		out, err := t.item.Handler.run(c.ctx, &input{raw: raw, dec: t.dec})
		return c.appendContents(dst, &t.item, uri, t.mime, out, err)
	}
	return c.forward(dst, c.notFound(uri))
}

func (r *resource) read(c *call) (any, error) {
	if r.item.Handler.fs == nil {
		return r.item.Handler.run(c.ctx, &input{})
	}
	data, err := fs.ReadFile(r.item.Handler.fs, r.file)
	if err == nil && isText(r.mime) && utf8.Valid(data) {
		return string(data), nil
	}
	return data, err
}

// notFound is the era's own error for a resource that does not exist, with the URI as data.
func (c *call) notFound(uri string) error {
	code := wire.CodeInvalidParams
	if c.era == wire.Legacy {
		code = wire.CodeLegacyResourceNotFound
	}
	data := wire.AppendString([]byte(`{"uri":`), uri)
	return &wire.Error{Code: code, Message: "resource not found", Data: append(data, '}')}
}

// appendContents appends what the handler returned as the contents of a resource.
func (c *call) appendContents(dst []byte, item *ResourceItem, uri, mimeType string, out any, err error) ([]byte, error) {
	var invalid *ValidationError
	if errors.Is(err, ErrNotFound) || errors.As(err, &invalid) {
		return nil, c.notFound(uri) // a URI whose variables do not validate names no resource
	}
	if err != nil {
		return nil, c.handlerError(err, item.Position)
	}
	contents, err := c.contents(uri, mimeType, out)
	if err != nil {
		return nil, fmt.Errorf("resource %s: %w", item.Name, err)
	}
	if len(contents) == 0 {
		return nil, c.notFound(uri)
	}
	raw, err := marshal(contents)
	if err != nil {
		return nil, fmt.Errorf("encode the contents of %s: %w", item.Name, err)
	}
	dst = append(dst, `"contents":`...)
	dst = append(dst, raw...)
	return c.appendCacheHints(dst, "private"), nil
}

func (c *call) contents(uri, mimeType string, out any) ([]ResourceContents, error) {
	if mimeType == "" { // the handler may return anything
		mimeType = contentType(reflect.TypeOf(out))
	}
	switch v := out.(type) {
	case string:
		return []ResourceContents{TextContents(uri, mimeType, v)}, nil
	case []byte:
		return []ResourceContents{BlobContents(uri, mimeType, v)}, nil
	case *ResourceResult:
		if v == nil {
			return nil, nil
		}
		if len(v.Meta) > 0 {
			c.meta = v.Meta
		}
		return v.Contents, nil
	}
	if rv := reflect.ValueOf(out); rv.Kind() == reflect.String {
		return []ResourceContents{TextContents(uri, mimeType, rv.String())}, nil
	}
	raw, err := marshal(out)
	if err != nil {
		return nil, err
	}
	return []ResourceContents{TextContents(uri, mimeType, string(raw))}, nil
}

// mimeType is that of the contents, as far as it is known before they are read.
func (it *ResourceItem) mimeType() string {
	return cmp.Or(it.Metadata.MIMEType, contentType(it.Handler.out))
}

// contentType is the MIME type of the contents that a value of some type becomes, empty where values say it themselves.
func contentType(t reflect.Type) string {
	switch {
	case t == nil: // a nil in an interface
		return "application/json"
	case t.Kind() == reflect.Interface, t == reflect.TypeFor[*ResourceResult]():
		return ""
	case t.Kind() == reflect.String:
		return "text/plain"
	case t == reflect.TypeFor[[]byte]():
		return "application/octet-stream"
	}
	return "application/json"
}

// isText tells whether the content of a type is sent as text.
func isText(mimeType string) bool {
	kind, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		return false
	}
	if strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") {
		return true
	}
	switch kind {
	case "application/javascript", "application/json", "application/sql", "application/toml", "application/x-ndjson", "application/xml", "application/yaml":
		return true
	}
	return false
}
