package args

// validate consumes a value and checks it against a schema, reading nothing into memory. It serves what has no Go type to
// be decoded into, and the alternatives of combining keywords.
func (p *parser) validate(n *node) bool {
	if n.trivial {
		start := p.pos
		ok := p.skip()
		p.work -= (p.pos - start) / 16
		return ok
	}
	if p.quiet && p.bad {
		return false
	}
	if !p.spend() {
		return false
	}
	k := kindOf(p.peek())
	if k == 0 {
		return p.unexpected("a value")
	}
	if n.never {
		p.fail("is not allowed")
		return p.skip()
	}
	if n.types != 0 && n.types&k == 0 {
		return p.mismatch(n.wording)
	}
	start := p.pos
	if !p.combine(n, k) {
		return false
	}
	p.pos = start
	if !p.validateLocal(n, k) {
		return false
	}
	p.checkEnums(n, start)
	return true
}

// checkEnums checks enum and const of the value that has just been consumed.
func (p *parser) checkEnums(n *node, start int) {
	if n.enum != nil {
		n.enum.check(p, start)
	}
	if n.constant != nil {
		n.constant.check(p, start)
	}
}

// validateLocal checks what is neither type, enum or const nor a combination.
func (p *parser) validateLocal(n *node, k kind) bool {
	switch {
	case k == kindString && n.str != nil:
		b, ok := p.text()
		if ok {
			p.checkString(n.str, b)
			if n.str.format != nil {
				p.checkFormat(n.str.format, view(b))
			}
		}
		return ok
	case k == kindNumber && (n.num != nil || n.whole):
		lit, _, ok := p.numberToken()
		if ok {
			p.checkNumber(n.num, n.whole, lit)
		}
		return ok
	case k == kindArray && n.arr != nil:
		return p.validateArray(n.arr)
	case k == kindObject && n.obj != nil:
		return p.validateObject(n.obj)
	}
	return p.skip()
}

func (p *parser) validateArray(r *arrayRules) bool {
	more, ok := p.open(']')
	if !ok {
		return false
	}
	i := 0
	var items uniqueItems
	at := p.push()
	for ; more; i++ {
		p.path[at].index = i
		start := p.pos
		if !p.validate(r.item(i)) {
			return false
		}
		if r.unique {
			items.add(p, start, i)
		}
		if more, ok = p.next(']'); !ok {
			return false
		}
	}
	p.pop(at)
	p.checkItems(r, i)
	return true
}

// item returns the schema of the item with an index.
func (r *arrayRules) item(i int) *node {
	if i < len(r.prefix) {
		return r.prefix[i]
	}
	return r.items
}

func (p *parser) checkItems(r *arrayRules, n int) {
	if n < r.min {
		p.failf("must have at least %s", plural(r.min, "item"))
	}
	if r.max >= 0 && n > r.max {
		p.failf("must have at most %s, got %d", plural(r.max, "item"), n)
	}
}

// uniqueItems remembers items by their canonical form, so that the cost is linear however many there are.
type uniqueItems struct{ seen map[string]int }

// add reports at the current path, which is the item's, when the item that ended just now is equal to an earlier one.
func (u *uniqueItems) add(p *parser, start, i int) {
	p.recanonize(start)
	if first, dup := u.seen[string(p.canon)]; dup {
		p.failf("must be unique, but equals item %d", first)
		return
	}
	if u.seen == nil {
		u.seen = map[string]int{}
	}
	u.seen[string(p.canon)] = i
}

func (p *parser) validateObject(r *objectRules) bool {
	more, ok := p.open('}')
	if !ok {
		return false
	}
	keys := p.keyset()
	seen := newBitset(len(r.required))
	count := 0
	for more {
		keyStart := p.pos
		raw, ok := p.key()
		if !ok {
			return false
		}
		if name, fresh := keys.add(p, raw); fresh {
			count++
			for i, required := range r.required {
				if required == string(name) {
					seen.set(i)
				}
			}
			ok = p.validateMember(r, keyStart, name)
		} else {
			ok = p.repeated(name)
		}
		if !ok {
			return false
		}
		if more, ok = p.next('}'); !ok {
			return false
		}
	}
	keys.close(p)
	for i, name := range r.required {
		if !seen.has(i) {
			p.failMissing(name)
		}
	}
	p.checkProperties(r, count)
	return true
}

// validateMember checks a name, which begins at keyStart, and the value at the current position that belongs to it.
func (p *parser) validateMember(r *objectRules, keyStart int, name []byte) bool {
	p.checkName(r, keyStart, name)
	var few [4]*node
	nodes := r.nodesFor(few[:0], name)
	if nodes[0].never {
		p.failUnknown(r, name)
		return p.skip()
	}
	at := p.push()
	p.path[at].raw = name
	start := p.pos
	for _, n := range nodes {
		p.pos = start
		if !p.validate(n) {
			return false
		}
	}
	p.pop(at)
	return true
}

// checkName applies propertyNames.
func (p *parser) checkName(r *objectRules, keyStart int, name []byte) {
	if r.nameRule == nil {
		return
	}
	m := p.mark()
	p.pos = keyStart
	if why := p.reason(r.nameRule); why != "" {
		p.failf("has the property %s, whose name %s", quote(string(name)), why)
	}
	p.rewind(m)
}

func (p *parser) checkProperties(r *objectRules, n int) {
	if n < r.min {
		p.failf("must have at least %s", plural(r.min, "property"))
	}
	if r.max >= 0 && n > r.max {
		p.failf("must have at most %s, got %d", plural(r.max, "property"), n)
	}
}

func (p *parser) failMissing(name string) {
	if p.mute() {
		p.fail("")
		return
	}
	p.fail("missing required property " + quote(name))
}

func (p *parser) failUnknown(r *objectRules, name []byte) {
	if p.mute() {
		p.fail("")
		return
	}
	p.failf("unknown property %s%s", quote(string(name)), suggest(string(name), r.names))
}
