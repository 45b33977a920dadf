// Package args decodes the arguments of a tool call into the handler's Go struct and checks them against the tool's
// input schema in one pass.
//
// A [Decoder] is planned once per tool with [Compile] and is then used for every call:
//
//	d, err := args.Compile(reflect.TypeFor[SaveNoteInput](), schema)
//	...
//	var in SaveNoteInput
//	if problems := d.Decode(raw, &in); len(problems) > 0 {
//		// every violation, each with a path such as $.items[3].name and a message in plain words
//	}
//
// # Who decides what
//
// The schema decides what is valid; encoding/json (version 1) decides which Go value a valid text becomes: field names,
// promotion and shadowing of embedded fields, the ",string" option, base64 for []byte, map keys, replacement of invalid
// UTF-8, UnmarshalJSON and UnmarshalText. Types with methods of their own get the raw value, exactly as encoding/json
// would hand it to them.
//
// Differences from encoding/json, all of them on purpose:
//   - property names are case-sensitive;
//   - a property that occurs twice is refused, at any depth, and so are two names that mean the same map key;
//   - null is accepted only where the schema accepts it;
//   - a number without a fraction is an integer however it is written: 1.0 and 1e2 are accepted for Go integers, as JSON
//     Schema defines it, and -0 for unsigned ones; what does not fit the Go type is refused;
//   - the nesting is limited (1,000 levels unless [Config] says otherwise), as is the work that a schema with recursive
//     alternatives may cause;
//   - every violation is reported, not the first one;
//   - absent properties get the schema's default, in every object that is decoded into a struct.
//
// # Schemas
//
// Supported is what the generator emits, which is JSON Schema 2020-12 with these keywords: type, enum, const, minLength,
// maxLength, pattern, format, multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum, items, prefixItems,
// minItems, maxItems, uniqueItems, properties, required, additionalProperties, patternProperties, propertyNames,
// minProperties, maxProperties, $ref within the document, $defs, allOf, anyOf, oneOf, not and default. Annotations and
// x-… keywords have no effect. Any other keyword makes [Compile] fail with an [*UnsupportedError], so that nothing
// is left unchecked without notice.
//
// Patterns are RE2 and match anywhere in the string. The formats date-time, date, time, duration, email, hostname, ipv4,
// ipv6, uri, uri-reference, uuid, json-pointer and regex (RE2) are asserted; every other format is an annotation, as
// contentEncoding is. Defaults below oneOf, anyOf, allOf and not are not applied, except that oneOf or anyOf of a
// schema and null counts as that schema.
//
// # How it works
//
// [Compile] pairs every Go type with the schema at its place and lays down a plan: which bytes are expected, where in
// memory the value goes, which checks apply. Decoding follows the plan over the bytes, with neither maps nor
// interfaces in between. Short strings of one call share memory, in pieces so small that whoever keeps one of them keeps
// little else. Where a schema combines others (oneOf and its kin), and for types with their own methods, an
// interpreter of schemas checks the raw value first.
package args
