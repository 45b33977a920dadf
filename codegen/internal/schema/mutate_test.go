package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

// mutant is a schema with one mistake in it.
type mutant struct {
	what   string
	schema object
}

// mutants makes one copy of a schema for each mistake that can be made in it.
func mutants(root object) []mutant {
	var list []mutant
	visit("#", root, func(at string, s object) {
		for _, m := range mistakes(s) {
			// The mistake is made in place and undone, so that the copy has it and the original has not.
			before := maps.Clone(s)
			m.make(s)
			list = append(list, mutant{at + ": " + m.what, clone(root).(object)})
			clear(s)
			maps.Copy(s, before)
		}
	})
	return list
}

// visit calls f for each schema below s, in a fixed order, but not for what a type says of itself.
func visit(at string, s object, f func(string, object)) {
	if s["x-custom"] != nil {
		return
	}
	f(at, s)
	for _, k := range slices.Sorted(maps.Keys(s)) {
		switch v := s[k].(type) {
		case object:
			if k == "properties" || k == "$defs" {
				for _, name := range slices.Sorted(maps.Keys(v)) {
					visit(at+"/"+k+"/"+name, v[name].(object), f)
				}
			} else if k != "default" {
				visit(at+"/"+k, v, f)
			}
		case []any:
			if k != "anyOf" && k != "oneOf" {
				continue
			}
			for i, x := range v {
				visit(at+"/"+k+"/"+strconv.Itoa(i), x.(object), f)
			}
		}
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case object:
		c := make(object, len(v))
		for k, x := range v {
			c[k] = clone(x)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, x := range v {
			c[i] = clone(x)
		}
		return c
	}
	return v
}

type mistake struct {
	what string
	make func(object)
}

// mistakes are those that can be made in one schema.
func mistakes(s object) []mistake {
	var list []mistake
	add := func(what string, f func(object)) { list = append(list, mistake{what, f}) }
	drop := func(k string) { add("drop "+k, func(s object) { delete(s, k) }) }
	set := func(k string, v any) { add(fmt.Sprintf("set %s to %v", k, v), func(s object) { s[k] = v }) }
	for _, k := range slices.Sorted(maps.Keys(s)) {
		switch v := s[k].(type) {
		case json.Number:
			if slices.Contains([]string{"default", "const"}, k) {
				set(k, json.Number("99"))
				continue
			}
			drop(k)
			if n, err := v.Int64(); err == nil {
				set(k, json.Number(strconv.FormatInt(n+1, 10)))
				set(k, json.Number(strconv.FormatInt(n-1, 10)))
			}
		}
		switch k {
		case "type":
			mutateType(s, add)
		case "required":
			names := stringsOf(s[k])
			for i, name := range names {
				add("do not require "+name, func(s object) { s["required"] = without(s["required"].([]any), i) })
			}
		case "enum":
			values := s[k].([]any)
			for i, v := range values {
				add(fmt.Sprintf("drop enum value %v", v), func(s object) { s["enum"] = without(values, i) })
			}
			add("add an enum value", func(s object) { s["enum"] = append(slices.Clone(values), "zzz") })
		case "$ref":
			set(k, "#/$defs/missing")
		case "additionalProperties":
			if s[k] == false {
				drop(k)
			} else {
				set(k, false)
			}
		case "items", "propertyNames", "pattern", "format", "contentEncoding", "uniqueItems", "default", "description", "title", "oneOf", "readOnly":
			drop(k)
		case "anyOf":
			alternatives := s[k].([]any)
			for i := range alternatives {
				add(fmt.Sprintf("drop alternative %d", i), func(s object) { s["anyOf"] = without(alternatives, i) })
			}
		case "properties":
			mutateProperties(s, add)
		}
	}
	return list
}

func without(list []any, i int) []any { return slices.Delete(slices.Clone(list), i, i+1) }

func mutateType(s object, add func(string, func(object))) {
	types := typesOf(s)
	other := map[string]string{"string": "integer", "integer": "string", "number": "integer", "boolean": "string", "array": "object", "object": "array"}
	if len(types) == 1 {
		if types[0] == "null" {
			return
		}
		add("change the type "+types[0], func(s object) { s["type"] = other[types[0]] })
		add("allow null beside "+types[0], func(s object) { s["type"] = []any{types[0], "null"} })
		add("drop the type "+types[0], func(s object) { delete(s, "type") })
		if types[0] == "integer" {
			add("widen integer to number", func(s object) { s["type"] = "number" })
		}
		return
	}
	add("refuse null beside "+types[0], func(s object) { s["type"] = types[0] })
	add("change the type "+types[0], func(s object) { s["type"] = []any{other[types[0]], "null"} })
}

func mutateProperties(s object, add func(string, func(object))) {
	props := s["properties"].(object)
	required := stringsOf(s["required"])
	for _, name := range slices.Sorted(maps.Keys(props)) {
		add("drop property "+name, func(s object) {
			p := maps.Clone(props)
			delete(p, name)
			s["properties"] = p
		})
		add("rename property "+name, func(s object) {
			p := maps.Clone(props)
			p[name+"_"] = p[name]
			delete(p, name)
			s["properties"] = p
		})
		if !slices.Contains(required, name) {
			add("require "+name, func(s object) { s["required"] = append(anySlice(s["required"]), name) })
		}
	}
}

func anySlice(v any) []any {
	list, _ := v.([]any)
	return slices.Clone(list)
}

// equivalent are mistakes that the oracles can't see, since they change nothing that they know.
var equivalent = []struct {
	reason string
	match  func(s subject, output bool, what string) bool
}{
	{"a description is for people; the goldens hold it", func(_ subject, _ bool, what string) bool {
		return strings.HasSuffix(what, "drop description") || strings.HasSuffix(what, "drop title")
	}},
	{"format and contentEncoding of an output are annotations", func(_ subject, output bool, what string) bool {
		return output && (strings.HasSuffix(what, "drop format") || strings.HasSuffix(what, "drop contentEncoding") || strings.HasSuffix(what, "drop readOnly"))
	}},
	{"the form of an output's keys is not for its reader to check", func(_ subject, output bool, what string) bool {
		return output && (strings.Contains(what, "propertyNames"))
	}},
	{"an array of no items has none to look at", func(s subject, output bool, what string) bool {
		return output && s.Name == "Arrays" && strings.Contains(what, "/B/items")
	}},
	{"nobody knows what a MarshalJSON writes, so the tag's word is taken", func(s subject, output bool, what string) bool {
		return output && s.Name == "Decimals"
	}},
}

func isEquivalent(s subject, output bool, what string) bool {
	return slices.ContainsFunc(equivalent, func(e struct {
		reason string
		match  func(subject, bool, string) bool
	}) bool {
		return e.match(s, output, what)
	})
}

// TestMutantsAreKilled proves that the oracles see: each schema of the corpus, changed in one place, must fail.
func TestMutantsAreKilled(t *testing.T) {
	var mu sync.Mutex
	made, killed := map[string]int{}, map[string]int{}
	var survivors []string
	all := subjects(t)
	var wg sync.WaitGroup
	work := make(chan subject)
	for range 2 {
		wg.Go(func() {
			for s := range work {
				for _, output := range []bool{false, true} {
					kill := killer(t, s, output)
					mode := schema.Input
					if output {
						mode = schema.Output
					}
					for _, m := range mutants(s.derive(t, mode)) {
						dead := kill(m.schema)
						kind := kindOf(m.what)
						mu.Lock()
						made[kind]++
						if dead {
							killed[kind]++
						} else if !isEquivalent(s, output, m.what) {
							survivors = append(survivors, fmt.Sprintf("%s (%s, %s, %s) output %v %s", s.Name, s.Kind, s.Tag, s.Position, output, m.what))
						}
						mu.Unlock()
					}
				}
			}
		})
	}
	for i, s := range all {
		if s.Kind == "" || i%8 == 0 { // all that were written, each eighth that was generated
			work <- s
		}
	}
	close(work)
	wg.Wait()
	sort.Strings(survivors)
	for _, s := range survivors {
		t.Errorf("survived: %s", s)
	}
	total, dead := 0, 0
	for _, k := range slices.Sorted(maps.Keys(made)) {
		t.Logf("%6d of %6d killed: %s", killed[k], made[k], k)
		total, dead = total+made[k], dead+killed[k]
	}
	t.Logf("%6d of %6d in all; the others are equivalent by the table", dead, total)
	if total < 5000 {
		t.Errorf("only %d mutants", total)
	}
}

// kindOf is a mistake without its details.
func kindOf(what string) string {
	_, what, _ = strings.Cut(what, ": ")
	words := strings.Fields(what)
	if words[0] == "require" {
		return "require what is optional"
	}
	if words[0] == "set" || words[0] == "drop" {
		return strings.Join(words[:2], " ")
	}
	return strings.Join(words[:min(2, len(words))], " ")
}

// killer returns whether the oracles see a mistake in a schema of s.
func killer(t *testing.T, s subject, output bool) func(object) bool {
	if output {
		all, err := instances(s.Type, 30)
		if err != nil {
			t.Error(err)
		}
		hidden := hiddenKeys(s.Type)
		return func(m object) bool { return len(checkOutput(m, all, hidden, s.opaque())) > 0 }
	}
	list, err := attempts(s.Type, s.derive(t, schema.Input))
	if err != nil {
		t.Error(err)
	}
	var theirs object
	if _, ok := different[s.Name]; !ok {
		theirs = reflected(s.Type)
	}
	return func(m object) bool {
		if want, ok := different[s.Name]; ok && want.schema != "" && !reflect.DeepEqual(decode([]byte(want.schema)), m) {
			return true
		}
		if theirs != nil && len(compareReflector(s, m, theirs, map[string]int{})) > 0 {
			return true
		}
		return len(checkInput(s, m, list)) > 0
	}
}
