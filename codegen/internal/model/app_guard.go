package model

// Guard makes the compiler compare a declared type with what it was when the code was generated.
type Guard struct {
	Type *Type
	Form GuardForm
	// Consts are compared one by one, since they are the enum of the schema.
	Consts []Const
}

// GuardForm is the way in which a guard compares.
type GuardForm int

const (
	// ByValue assigns a composite literal of the type to a variable of its underlying type. The two are assignable only if they
	// are identical, struct tags included (Go specification, Assignability).
	ByValue GuardForm = iota + 1
	// ByPointer converts a pointer to the type to one to its underlying type, which tells int from int64 where no value
	// could be assigned.
	ByPointer
)

// Fingerprint is the shape of a type that the package with the generated code cannot spell. It is compared when the server starts.
type Fingerprint struct {
	Type *Type
	Hash string
}
