package args

import (
	"reflect"
	"strconv"
	"sync"
)

var textsType = reflect.TypeFor[map[string]string]()

// mapPlan is how an object gets into a map.
type mapPlan struct {
	typ   reflect.Type
	key   operation // opString, opInt, opUint, opText or opJSON
	rules *objectRules
	plans map[*node]*plan // of values, by schema
	plain *plan           // the only one, when names make no difference

	texts   bool      // it is a map[string]string
	scratch sync.Pool // of *mapEntry
}

// mapEntry is where a key and a value are decoded before they are put into the map.
type mapEntry struct{ key, value reflect.Value }

// keyOperation tells how encoding/json makes a map key of a property name.
func keyOperation(t reflect.Type) operation {
	switch ptr := reflect.PointerTo(t); {
	case ptr.Implements(textUnmarshaler) && ptr.Implements(jsonUnmarshaler):
		return opJSON
	case ptr.Implements(textUnmarshaler):
		return opText
	}
	switch k := t.Kind(); {
	case k == reflect.String:
		return opString
	case k >= reflect.Int && k <= reflect.Int64:
		return opInt
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return opUint
	}
	return opNever
}

func (b *planner) mapPlan(t reflect.Type, n *node) *mapPlan {
	m := &mapPlan{typ: t, key: keyOperation(t.Key()), rules: n.obj, plans: map[*node]*plan{}, texts: t == textsType}
	m.scratch.New = func() any { return &mapEntry{reflect.New(t.Key()), reflect.New(t.Elem())} }
	if m.rules == nil {
		m.rules = &objectRules{max: -1, additional: b.wildcard}
	}
	value := func(n *node) *plan {
		pl := b.plan(planKey{typ: t.Elem(), node: n})
		m.plans[n] = pl
		return pl
	}
	if !m.rules.additional.never {
		additional := value(m.rules.additional)
		if len(m.rules.patterns)+len(m.rules.properties) == 0 {
			m.plain = additional
		}
	}
	for _, rule := range m.rules.patterns {
		value(rule.node)
	}
	for _, n := range m.rules.properties {
		value(n)
	}
	return m
}

// decodeMap decodes an object into the map that v, which is settable, holds.
func (p *parser) decodeMap(m *mapPlan, v reflect.Value) bool {
	more, ok := p.open('}')
	if !ok {
		return false
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(m.typ))
	}
	entry := m.scratch.Get().(*mapEntry)
	keys := p.keyset()
	seen := newBitset(len(m.rules.required))
	count := 0
	for more {
		keyStart := p.pos
		raw, ok := p.key()
		if !ok {
			return false
		}
		name, fresh := keys.add(p, raw)
		if !fresh {
			ok = p.repeated(name)
		} else {
			count++
			for i, required := range m.rules.required {
				if required == string(name) {
					seen.set(i)
				}
			}
			var decoded bool
			if decoded, ok = p.decodeMember(m, keyStart, name, entry.value); decoded {
				p.store(m, v, keyStart, name, entry)
			}
			entry.key.Elem().SetZero()
			entry.value.Elem().SetZero()
		}
		if !ok {
			return false
		}
		if more, ok = p.next('}'); !ok {
			return false
		}
	}
	keys.close(p)
	m.scratch.Put(entry)
	for i, name := range m.rules.required {
		if !seen.has(i) {
			p.failMissing(name)
		}
	}
	p.checkProperties(m.rules, count)
	return true
}

// decodeMember decodes the value of a property and tells whether there is something to store.
func (p *parser) decodeMember(m *mapPlan, keyStart int, name []byte, value reflect.Value) (decoded, ok bool) {
	p.checkName(m.rules, keyStart, name)
	pl := m.plain
	var beside []*node
	if pl == nil {
		var few [4]*node
		nodes := m.rules.nodesFor(few[:0], name)
		if nodes[0].never {
			p.failUnknown(m.rules, name)
			return false, p.skip()
		}
		pl, beside = m.plans[nodes[0]], nodes[1:]
	}
	at := p.push()
	p.path[at].raw = name
	start := p.pos
	for _, n := range beside {
		if !p.validate(n) {
			return false, false
		}
		p.pos = start
	}
	if !p.value(pl, value.UnsafePointer()) {
		return false, false
	}
	p.pop(at)
	return true, true
}

// store puts a member into the map. Two names that mean the same key would lose a value, so they are refused as
// duplicates too.
func (p *parser) store(m *mapPlan, v reflect.Value, keyStart int, name []byte, entry *mapEntry) {
	if m.texts {
		texts := *v.Addr().Interface().(*map[string]string)
		texts[p.keep(name)] = *entry.value.Interface().(*string) // names are unique
		return
	}
	if why := p.setKey(m, entry.key, keyStart, name); why != "" {
		p.failf("has the property %s, whose name %s", quote(string(name)), why)
		return
	}
	before := v.Len()
	v.SetMapIndex(entry.key.Elem(), entry.value.Elem())
	if v.Len() == before {
		p.failRepeated(name)
	}
}

// setKey makes a key of a name, which is a string of the input from keyStart on. It returns what is wrong with the name.
func (p *parser) setKey(m *mapPlan, key reflect.Value, keyStart int, name []byte) (why string) {
	k := key.Elem()
	switch m.key {
	case opString:
		k.SetString(p.keep(name))
	case opInt:
		n, err := strconv.ParseInt(view(name), 10, 64)
		if err != nil || k.OverflowInt(n) {
			return "must be an integer within the range of " + m.typ.Key().Kind().String()
		}
		k.SetInt(n)
	case opUint:
		n, err := strconv.ParseUint(view(name), 10, 64)
		if err != nil || k.OverflowUint(n) {
			return "must be an integer within the range of " + m.typ.Key().Kind().String()
		}
		k.SetUint(n)
	case opText:
		return unmarshalText(key, name)
	case opJSON:
		return unmarshalJSON(key, p.stringAt(keyStart))
	}
	return ""
}

// stringAt is a string of the input as it stands there, quotes included.
func (p *parser) stringAt(start int) []byte {
	pos := p.pos
	defer func() { p.pos = pos }()
	p.pos = start
	inner, _, _ := p.stringToken()
	return p.data[start : start+len(inner)+2]
}
