package xmcp

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strconv"
	"strings"
)

// typeFingerprint condenses the shape of a type into 16 hex digits. The generator computes the same from the source; types
// that its compile-time guards cannot spell are compared by it when the server starts.
func typeFingerprint(t reflect.Type, module string) string {
	c := canonizer{module: module, seen: map[reflect.Type]int{}}
	c.write(t)
	sum := sha256.Sum256([]byte(c.String()))
	return hex.EncodeToString(sum[:8])
}

// canonizer writes a type in a form that two types share exactly when JSON sees the same in them. A named type is written
// in full at its first visit and by number afterwards, so that recursion ends.
type canonizer struct {
	strings.Builder
	module string
	seen   map[reflect.Type]int
}

func (c *canonizer) write(t reflect.Type) {
	if t.Name() != "" && t.PkgPath() != "" && t.PkgPath() != "unsafe" {
		if c.opaque(t.PkgPath()) {
			name, _, _ := strings.Cut(t.Name(), "[")
			c.WriteString(t.PkgPath() + "." + name)
			return
		}
		n, known := c.seen[t]
		if !known {
			n = len(c.seen) + 1
			c.seen[t] = n
		}
		c.WriteString("#" + strconv.Itoa(n))
		if known {
			return
		}
		c.WriteByte('=')
	}
	switch t.Kind() {
	case reflect.Struct:
		c.writeStruct(t)
	case reflect.Pointer:
		c.WriteByte('*')
		c.write(t.Elem())
	case reflect.Slice:
		c.WriteString("[]")
		c.write(t.Elem())
	case reflect.Array:
		c.WriteString("[" + strconv.Itoa(t.Len()) + "]")
		c.write(t.Elem())
	case reflect.Map:
		c.WriteString("map[")
		c.write(t.Key())
		c.WriteByte(']')
		c.write(t.Elem())
	case reflect.Chan, reflect.Func, reflect.Interface:
		c.WriteString(t.Kind().String())
	case reflect.UnsafePointer:
		c.WriteString("unsafe")
	default:
		c.WriteString(t.Kind().String())
	}
}

func (c *canonizer) writeStruct(t reflect.Type) {
	c.WriteString("struct{")
	for f := range t.Fields() {
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		c.WriteString(f.Name)
		if f.Anonymous {
			c.WriteByte('!')
		}
		c.WriteByte(' ')
		c.write(f.Type)
		c.WriteByte(' ')
		c.WriteString(strconv.Quote(string(f.Tag)))
		c.WriteByte(';')
	}
	c.WriteByte('}')
}

// opaque tells the standard library's types, which change only with the toolchain, from all others.
func (c *canonizer) opaque(path string) bool {
	if path == c.module || strings.HasPrefix(path, c.module+"/") {
		return false
	}
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
