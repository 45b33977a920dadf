package diag

// Codes of the source layout and the pair rule. Each has a page in docs/diagnostics.md, and a golden that produces it.
const (
	NoModule        = "XG001" // no go.mod
	NoGoCommand     = "XG002" // no go command
	LoadFailed      = "XG003" // the go command refused
	DoesNotCompile  = "XG004" // the user's own compile errors
	Constrained     = "XG005" // an item in a build-constrained file
	ForeignFile     = "XG006" // xmcp_gen.go written by somebody else
	NameTaken       = "XG007" // a generated name is declared by the user
	NotImportable   = "XG008" // package src cannot import a package with items
	NoHandler       = "XG010" // metadata without a function
	NoMetadata      = "XG011" // a function without metadata
	WrongSignature  = "XG012" // a handler that has no allowed signature
	WrongFolder     = "XG013" // metadata of another kind than its folder
	NotALiteral     = "XG014" // a metadata variable that is a pointer, has no value or is in a test
	NearMiss        = "XG015" // names that nearly pair
	WrongReceiver   = "XG016" // a method that cannot be called through the registry
	Ambiguous       = "XG017" // several handlers for one metadata variable
	TwoHandlers     = "XG018" // two Metadata and Handler pairs in a package
	WrongCompletion = "XG019" // a completion that fits nothing
	NotConstant     = "XG020" // metadata that only running code would know
	DuplicateName   = "XG021" // two items of one kind and name
	IllegalName     = "XG022" // a name that MCP does not allow
	NoDescription   = "XG023" // nothing for the model to read
	DuplicateURI    = "XG024" // two resources of one URI
	IllegalURI      = "XG025" // a URI or template that does not parse
	TemplateFields  = "XG026" // a template whose variables are not the fields of its input
	WrongSchema     = "XG027" // a raw schema that is none, or is of no use
	WrongPlugins    = "XG028" // func Plugins with another signature
	WrongInput      = "XG029" // an input that is not a struct
	WrongOutput     = "XG030" // an output that cannot be an answer
	OddMetadata     = "XG031" // metadata that contradicts itself or is out of range
)
