package args

import "strconv"

// anyValue decodes into an empty interface: nil, bool, float64, string, []any and map[string]any, as encoding/json does.
func (p *parser) anyValue() (v any, ok bool) {
	switch c := p.peek(); kindOf(c) {
	case kindNull:
		return nil, p.literal("null")
	case kindBool:
		return c == 't', p.boolean()
	case kindNumber:
		lit, _, ok := p.numberToken()
		if !ok {
			return nil, false
		}
		f, err := strconv.ParseFloat(view(lit), 64)
		if err != nil {
			p.fail("must fit in a floating-point number of 64 bits")
		}
		return f, true
	case kindString:
		b, ok := p.text()
		return p.keep(b), ok
	case kindArray:
		return p.anyArray()
	case kindObject:
		return p.anyObject()
	}
	return nil, p.unexpected("a value")
}

func (p *parser) anyArray() (any, bool) {
	list := []any{}
	more, ok := p.open(']')
	if !ok {
		return nil, false
	}
	step := p.push()
	for i := 0; more; i++ {
		p.path[step].index = i
		v, ok := p.anyValue()
		if !ok {
			return nil, false
		}
		list = append(list, v)
		if more, ok = p.next(']'); !ok {
			return nil, false
		}
	}
	p.pop(step)
	return list, true
}

func (p *parser) anyObject() (any, bool) {
	object := map[string]any{}
	more, ok := p.open('}')
	if !ok {
		return nil, false
	}
	p.borrowed = true
	step := p.push()
	for more {
		raw, ok := p.key()
		if !ok {
			return nil, false
		}
		name := p.keep(raw)
		if _, dup := object[name]; dup {
			p.pop(step)
			ok = p.repeated(raw)
			p.push()
		} else {
			p.path[step].name = name
			object[name], ok = p.anyValue()
		}
		if !ok {
			return nil, false
		}
		if more, ok = p.next('}'); !ok {
			return nil, false
		}
	}
	p.pop(step)
	return object, true
}
