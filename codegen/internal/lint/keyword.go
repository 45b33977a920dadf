package lint

import (
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
)

func keys(m map[string]any) iter.Seq[string] { return maps.Keys(m) }

func isType(v any) bool {
	switch v := v.(type) {
	case string:
		return slices.Contains([]string{"object", "array", "string", "number", "integer", "boolean", "null"}, v)
	case []any:
		return len(v) > 0 && !slices.ContainsFunc(v, func(e any) bool {
			_, ok := e.(string)
			return !ok || !isType(e)
		})
	}
	return false
}

// keywordProblem checks the form of one keyword of a raw schema, as far as a wrong one makes clients refuse the whole listing
// (JSON Schema 2020-12, core and validation vocabularies).
func keywordProblem(key string, v any) string {
	ok, want := true, ""
	switch key {
	case "type":
		ok, want = isType(v), "one of JSON's types"
	case "properties", "$defs", "patternProperties", "dependentSchemas":
		m, isMap := v.(map[string]any)
		if ok, want = isMap, "an object of schemas"; ok {
			for _, name := range slices.Sorted(keys(m)) {
				if problem := subschemaProblem(m[name]); problem != "" {
					return fmt.Sprintf("%s.%s: %s", key, name, problem)
				}
			}
		}
	case "items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else", "unevaluatedProperties", "unevaluatedItems":
		if problem := subschemaProblem(v); problem != "" {
			return key + ": " + problem
		}
	case "allOf", "anyOf", "oneOf", "prefixItems":
		list, isList := v.([]any)
		if ok, want = isList && len(list) > 0, "an array of schemas"; ok {
			for i, e := range list {
				if problem := subschemaProblem(e); problem != "" {
					return fmt.Sprintf("%s[%d]: %s", key, i, problem)
				}
			}
		}
	case "required":
		list, isList := v.([]any)
		ok, want = isList && !slices.ContainsFunc(list, func(e any) bool { _, text := e.(string); return !text }), "an array of strings"
	case "enum":
		_, ok = v.([]any)
		want = "an array"
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		n, isNumber := v.(float64)
		ok, want = isNumber && n >= 0 && n == float64(int64(n)), "a whole number"
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		_, ok = v.(float64)
		want = "a number"
	case "pattern":
		text, isText := v.(string)
		if ok, want = isText, "a string"; ok {
			if _, err := regexp.Compile(text); err != nil {
				return "pattern: " + err.Error()
			}
		}
	case "title", "description", "format", "$ref", "$schema", "$id":
		_, ok = v.(string)
		want = "a string"
	}
	if !ok {
		return fmt.Sprintf("%s must be %s", key, want)
	}
	return ""
}

func subschemaProblem(v any) string {
	switch v := v.(type) {
	case bool:
		return ""
	case map[string]any:
		for _, key := range slices.Sorted(keys(v)) {
			if problem := keywordProblem(key, v[key]); problem != "" {
				return problem
			}
		}
		return ""
	}
	return "it is not a schema"
}
