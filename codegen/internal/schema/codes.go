package schema

// The codes of the diagnostics of this package. Each has a page in the documentation.
const (
	codeTagSyntax     = "XG100" // a struct tag is not made of key:"value" pairs
	codeJSONOption    = "XG101" // the json tag has an option that encoding/json ignores
	codeJSONName      = "XG102" // the json tag has a name that encoding/json ignores
	codeJSONConflict  = "XG103" // two fields claim one JSON name
	codeUnusedTag     = "XG104" // a tag has no effect on this field
	codeUnknown       = "XG110" // unknown keyword
	codeMisplaced     = "XG111" // a keyword does not apply to the field's type
	codeValue         = "XG112" // a keyword's value can't be read
	codeDuplicate     = "XG113" // a keyword stands twice
	codeEmpty         = "XG114" // an empty keyword or value
	codePattern       = "XG115" // a pattern does not compile
	codeBounds        = "XG116" // bounds that contradict each other
	codeSample        = "XG117" // a default, example or enum value does not fit
	codeContradiction = "XG118" // keywords that exclude each other
	codeRef           = "XG119" // a reference to a definition that is not there
	codeUnsupported   = "XG120" // a type that JSON does not have
	codeInterface     = "XG121" // an interface that can't be decoded into
	codeInputRoot     = "XG122" // an input that is no struct
	codeOpaque        = "XG123" // a type with its own JSON and no schema
	codeNotAddressed  = "XG124" // a marshal method with a pointer receiver that is not called
	codeHook          = "XG125" // a method of invopop/jsonschema that is not called
	codeEmbedded      = "XG126" // an embedded pointer that can't be decoded into
	codeMapKey        = "XG127" // a map key that JSON does not have
	codeCustom        = "XG128" // a JSONSchema method that can't be called
	codeOneWay        = "XG129" // a type with text in one direction only
	codeFlat          = "XG130" // a field that no prompt argument or URI variable can fill
	codeExtras        = "XG131" // an extra keyword that can't be written
	codeHeader        = "XG132" // an x-mcp-header that clients must refuse
	codePromoted      = "XG133" // a struct whose JSON is that of a struct it embeds
)
