package args

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unsafe"
)

// decodeOpaque decodes what has no plan of its own: the interpreter checks the value, then its raw text is decoded.
func (p *parser) decodeOpaque(pl *plan, ptr unsafe.Pointer, k kind) bool {
	start, failures := p.pos, p.failures
	if pl.op == opAny && pl.node.trivial {
		v, ok := p.anyValue()
		storeAny(ptr, v)
		return ok
	}
	if !p.validate(pl.node) {
		return false
	}
	if p.failures == failures {
		p.decodeRaw(pl, ptr, k, start)
	}
	return true
}

// decodeRaw decodes the value that began at start and has just been consumed.
func (p *parser) decodeRaw(pl *plan, ptr unsafe.Pointer, k kind, start int) {
	end := p.pos
	raw := p.data[start:end:end]
	p.pos = start
	switch pl.op {
	case opAny:
		v, _ := p.anyValue()
		storeAny(ptr, v)
	case opRaw:
		storeBytes(ptr, bytes.Clone(raw))
	case opNumber:
		text := raw
		if k == kindString {
			if text, _ = p.text(); !validNumber(text) {
				p.fail("must be a number in quotes")
				break
			}
		}
		storeString(ptr, p.keep(text))
	case opQuoted:
		text, _ := p.text()
		if why := pl.quoted.decode(at(pl.typ, ptr), raw, text); why != "" {
			p.fail(why)
		}
	case opTime:
		if err := (*time.Time)(ptr).UnmarshalJSON(raw); err != nil {
			p.fail(cause(err))
		}
	case opJSON:
		if why := unmarshalJSON(at(pl.typ, ptr).Addr(), raw); why != "" {
			p.fail(why)
		}
	case opText:
		text, _ := p.text()
		if why := unmarshalText(at(pl.typ, ptr).Addr(), text); why != "" {
			p.fail(why)
		}
	}
	p.pos = end
}

// validNumber reports whether a text is a JSON number and nothing else.
func validNumber(text []byte) bool {
	q := parser{data: text}
	_, _, ok := q.numberToken()
	return ok && q.pos == len(text)
}

// unmarshalJSON calls the method of v, a pointer. It returns what is wrong with the value. A panic of the method is left to the
// caller of Decode: it is a fault of the type, not of the value.
func unmarshalJSON(v reflect.Value, raw []byte) (why string) {
	u, ok := v.Interface().(json.Unmarshaler)
	if !ok {
		return "can't be decoded"
	}
	return cause(u.UnmarshalJSON(raw))
}

// unmarshalText calls the method of v, a pointer.
func unmarshalText(v reflect.Value, text []byte) (why string) {
	u, ok := v.Interface().(encoding.TextUnmarshaler)
	if !ok {
		return "can't be decoded"
	}
	return cause(u.UnmarshalText(text))
}

func cause(err error) string {
	if err == nil {
		return ""
	}
	return "is not valid: " + excerpt(err.Error(), maxCause)
}

// quotedPlan decodes fields with the option ",string".
type quotedPlan struct {
	wrapper reflect.Type // a struct with such a field, for what encoding/json has to decide
	op      operation    // opInt or opUint when a number needs no help
}

func newQuotedPlan(t reflect.Type) *quotedPlan {
	q := &quotedPlan{wrapper: reflect.StructOf([]reflect.StructField{{Name: "V", Type: t, Tag: `json:",string"`}})}
	if ptr := reflect.PointerTo(t); !ptr.Implements(jsonUnmarshaler) && !ptr.Implements(textUnmarshaler) {
		switch k := t.Kind(); {
		case k >= reflect.Int && k <= reflect.Int64:
			q.op = opInt
		case k >= reflect.Uint && k <= reflect.Uintptr:
			q.op = opUint
		}
	}
	return q
}

// decode decodes the string raw, which means text.
func (q *quotedPlan) decode(dst reflect.Value, raw, text []byte) (why string) {
	if len(text) > 0 && (isDigit(text[0]) || text[0] == '-') {
		switch q.op {
		case opInt:
			v, err := strconv.ParseInt(view(text), 10, 64)
			if err != nil || dst.OverflowInt(v) {
				return "must be an integer in quotes that fits in " + dst.Kind().String()
			}
			dst.SetInt(v)
			return ""
		case opUint:
			v, err := strconv.ParseUint(view(text), 10, 64)
			if err != nil || dst.OverflowUint(v) {
				return "must be an integer in quotes that fits in " + dst.Kind().String()
			}
			dst.SetUint(v)
			return ""
		}
	}
	wrapped := reflect.New(q.wrapper)
	if err := json.Unmarshal(slices.Concat([]byte(`{"V":`), raw, []byte(`}`)), wrapped.Interface()); err != nil {
		return "must be a " + wordFor(dst.Type()) + " in quotes"
	}
	dst.Set(wrapped.Elem().Field(0))
	return ""
}

func wordFor(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return "boolean"
	case k == reflect.String:
		return "JSON string"
	}
	return "number"
}
