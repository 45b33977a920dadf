package drift

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Hash condenses the shape of a type into 16 hex digits. The runtime computes the same by reflection.
func Hash(t *model.Type, module string) string {
	sum := sha256.Sum256([]byte(canonical(t, module)))
	return hex.EncodeToString(sum[:8])
}

// canonical writes a type in a form that two types share exactly when JSON sees the same in them. A declared type is written
// in full at its first visit and by number afterwards, so that recursion ends.
func canonical(t *model.Type, module string) string {
	c := canonizer{module: module, seen: map[*model.Type]int{}}
	c.write(t)
	return c.String()
}

type canonizer struct {
	strings.Builder
	module string
	seen   map[*model.Type]int
}

func (c *canonizer) write(t *model.Type) {
	if t.Named() && t.PkgPath != "" {
		if c.opaque(t.PkgPath) {
			c.WriteString(t.PkgPath + "." + t.Name)
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
	switch t.Kind {
	case model.Struct:
		c.writeStruct(t)
	case model.Pointer:
		c.WriteByte('*')
		c.write(t.Elem)
	case model.Slice:
		c.WriteString("[]")
		c.write(t.Elem)
	case model.Array:
		c.WriteString("[" + strconv.FormatInt(t.Len, 10) + "]")
		c.write(t.Elem)
	case model.Map:
		c.WriteString("map[")
		c.write(t.Key)
		c.WriteByte(']')
		c.write(t.Elem)
	case model.UnsafePointer:
		c.WriteString("unsafe")
	default:
		c.WriteString(t.Kind.String())
	}
}

func (c *canonizer) writeStruct(t *model.Type) {
	c.WriteString("struct{")
	for _, f := range t.Fields {
		if !f.Exported && !f.Embedded {
			continue
		}
		c.WriteString(f.Name)
		if f.Embedded {
			c.WriteByte('!')
		}
		c.WriteByte(' ')
		c.write(f.Type)
		c.WriteString(" " + strconv.Quote(f.Tag) + ";")
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
