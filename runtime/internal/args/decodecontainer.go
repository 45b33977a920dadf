package args

import "unsafe"

func (p *parser) decodeSlice(pl *plan, ptr unsafe.Pointer) bool {
	more, ok := p.open(']')
	if !ok {
		return false
	}
	if !more {
		storeEmptySlice(ptr)
		if pl.node.arr != nil {
			p.checkItems(pl.node.arr, 0)
		}
		return true
	}
	return p.decodeItems(pl, func(i int) unsafe.Pointer { return element(ptr, pl, i) })
}

// decodeArray drops items that the array has no room for, as encoding/json does, but checks them.
func (p *parser) decodeArray(pl *plan, ptr unsafe.Pointer) bool {
	more, ok := p.open(']')
	if !ok {
		return false
	}
	if !more {
		if pl.node.arr != nil {
			p.checkItems(pl.node.arr, 0)
		}
		return true
	}
	length := pl.typ.Len()
	return p.decodeItems(pl, func(i int) unsafe.Pointer {
		if i >= length {
			return nil
		}
		return slot(ptr, pl, i)
	})
}

// decodeItems decodes the items of an array that has at least one. Place tells where an item goes; nil means nowhere.
func (p *parser) decodeItems(pl *plan, place func(int) unsafe.Pointer) bool {
	rules := pl.node.arr
	var items uniqueItems
	step := p.push()
	i := 0
	for more, ok := true, true; more; i++ {
		p.path[step].index = i
		start := p.pos
		// Beyond the maximum there is nothing to keep: memory stays in proportion to what the schema allows.
		var dst unsafe.Pointer
		if rules == nil || rules.max < 0 || i < rules.max {
			dst = place(i)
		}
		switch {
		case dst != nil:
			ok = p.value(pl.item(i), dst)
		case rules != nil:
			ok = p.validate(rules.item(i))
		default:
			ok = p.skip()
		}
		if !ok {
			return false
		}
		if rules != nil && rules.unique {
			items.add(p, start, i)
		}
		if more, ok = p.next(']'); !ok {
			return false
		}
	}
	p.pop(step)
	if rules != nil {
		p.checkItems(rules, i)
	}
	return true
}

func (p *parser) decodeStruct(o *objectPlan, base unsafe.Pointer) bool {
	more, ok := p.open('}')
	if !ok {
		return false
	}
	seen := newBitset(len(o.fields))
	unknown := p.keyset()
	step := p.push()
	next, count := 0, 0
	for more {
		keyStart := p.pos
		name, ok := p.key()
		if !ok {
			return false
		}
		count++
		if i := o.index.find(name, next); i >= 0 && seen.has(i) {
			count--
			p.pop(step)
			ok = p.repeated(name)
			p.push()
		} else if i >= 0 {
			next = i + 1
			f := &o.fields[i]
			seen.set(i)
			p.path[step].name = f.name
			if o.rules.nameRule != nil {
				p.pop(step)
				p.checkName(o.rules, keyStart, name)
				p.push()
				p.path[step].name = f.name
			}
			ok = p.decodeField(f, base)
		} else {
			ok = p.unknownField(o, &unknown, keyStart, name, step)
		}
		if !ok {
			return false
		}
		if more, ok = p.next('}'); !ok {
			return false
		}
	}
	p.pop(step)
	unknown.close(p)
	for i := range o.required {
		if !seen.has(i) {
			p.failMissing(o.fields[i].name)
		}
	}
	p.checkProperties(o.rules, count)
	return len(o.defaults) == 0 || p.applyDefaults(o, base, &seen)
}

func (p *parser) decodeField(f *fieldPlan, base unsafe.Pointer) bool {
	switch {
	case f.plan == nil:
		return p.validate(f.node)
	case f.locked:
		p.fail("can't be set: it belongs to an embedded pointer to an unexported struct")
		return p.skip()
	}
	return p.value(f.plan, f.field(base))
}

// unknownField checks a property that has no field. The path step for the member is there already.
func (p *parser) unknownField(o *objectPlan, unknown *keyset, keyStart int, raw []byte, step int) bool {
	p.pop(step)
	defer p.push()
	name, fresh := unknown.add(p, raw)
	if !fresh {
		return p.repeated(name)
	}
	return p.validateMember(o.rules, keyStart, name)
}

// applyDefaults fills in what was absent. What is not a plain number, text or truth is decoded anew, so that no two calls
// share memory.
func (p *parser) applyDefaults(o *objectPlan, base unsafe.Pointer, seen *bitset) bool {
	for _, i := range o.defaults {
		if seen.has(i) {
			continue
		}
		f := &o.fields[i]
		dst := f.field(base)
		if f.defaultValue != nil {
			copyScalar(dst, f.defaultValue, f.typ)
			continue
		}
		data, pos := p.data, p.pos
		raw := f.defaultRaw
		if raw == nil {
			raw = f.node.defaultValue()
		}
		// A default that contains itself does not get past Compile, for this counts as nesting.
		if p.depth++; p.depth > p.maxDepth {
			return p.haltDepth()
		}
		p.data, p.pos = raw, 0
		step := p.push()
		p.path[step].name = f.name
		ok := p.value(f.plan, dst)
		p.pop(step)
		p.data, p.pos = data, pos
		p.depth--
		if !ok {
			return false
		}
	}
	return true
}
