package wire

import (
	"strconv"
)

// Error codes (JSON-RPC 2.0 section 5.1; MCP 2025-11-25 server/resources; MCP 2026-07-28 basic, error codes).
const (
	CodeParseError                 = -32700
	CodeInvalidRequest             = -32600
	CodeMethodNotFound             = -32601
	CodeInvalidParams              = -32602
	CodeInternalError              = -32603
	CodeLegacyResourceNotFound     = -32002
	CodeHeaderMismatch             = -32020
	CodeMissingClientCapability    = -32021
	CodeUnsupportedProtocolVersion = -32022
)

// Error is a JSON-RPC error.
type Error struct {
	Code    int
	Message string
	// Data is raw JSON; nil leaves it out.
	Data []byte
}

// NewError returns an error without data.
func NewError(code int, message string) *Error { return &Error{Code: code, Message: message} }

func (e *Error) Error() string { return e.Message + " (" + strconv.Itoa(e.Code) + ")" }

// HTTPStatus returns the status that an error response has in an era (MCP 2026-07-28, streamable HTTP, error handling; legacy
// errors are the answer to a request that HTTP handled well). Errors of the envelope itself are 400 in both.
func (e *Error) HTTPStatus(era Era) int {
	switch e.Code {
	case CodeParseError, CodeInvalidRequest:
		return 400
	}
	if era == Legacy {
		return 200
	}
	switch e.Code {
	case CodeMethodNotFound:
		return 404
	case CodeInvalidParams, CodeHeaderMismatch, CodeMissingClientCapability, CodeUnsupportedProtocolVersion:
		return 400
	}
	return 200
}

// AppendError appends an error response. Where the id could not be read there is none, since in MCP an id is never null
// (MCP 2025-11-25, schema, JSONRPCErrorResponse).
func AppendError(dst, id []byte, e *Error) []byte {
	dst = append(dst, `{"jsonrpc":"2.0"`...)
	if id != nil {
		dst = append(append(dst, `,"id":`...), id...)
	}
	dst = append(dst, `,"error":{"code":`...)
	dst = strconv.AppendInt(dst, int64(e.Code), 10)
	dst = append(dst, `,"message":`...)
	dst = AppendString(dst, e.Message)
	if e.Data != nil {
		dst = append(dst, `,"data":`...)
		dst = append(dst, e.Data...)
	}
	return append(dst, "}}"...)
}

// AppendResultHead appends the beginning of a result response; the caller appends the result and a closing brace.
func AppendResultHead(dst, id []byte) []byte {
	dst = append(dst, `{"jsonrpc":"2.0","id":`...)
	dst = append(dst, id...)
	return append(dst, `,"result":`...)
}
