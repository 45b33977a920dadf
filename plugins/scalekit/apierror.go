package scalekit

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// What [errors.Is] finds in an [*APIError], by its status.
var (
	ErrUnauthorized = errors.New("unauthorized")
	ErrForbidden    = errors.New("forbidden")
	ErrNotFound     = errors.New("not found")
	ErrConflict     = errors.New("conflict")
	ErrRateLimited  = errors.New("rate limited")
)

// APIError is Scalekit's refusal of a request.
type APIError struct {
	HTTPStatus int
	// Code is the gRPC code, ErrorCode Scalekit's own name of the error; either may be absent.
	Code      int
	ErrorCode string
	Message   string
	RequestID string
	// Violations tell which fields were wrong.
	Violations []FieldViolation
	// RetryAfter is how long the service asks to wait; zero when it does not say.
	RetryAfter time.Duration
}

// FieldViolation is one field that was wrong.
type FieldViolation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
	Constraint  string `json:"constraint"`
}

func (e *APIError) Error() string {
	text := fmt.Sprintf("status %d", e.HTTPStatus)
	if e.ErrorCode != "" {
		text += " " + e.ErrorCode
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	for _, v := range e.Violations {
		text += fmt.Sprintf("; %s: %s", v.Field, v.Description)
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// Is tells whether the status is the one that target stands for.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.HTTPStatus == http.StatusUnauthorized
	case ErrForbidden:
		return e.HTTPStatus == http.StatusForbidden
	case ErrNotFound:
		return e.HTTPStatus == http.StatusNotFound
	case ErrConflict:
		return e.HTTPStatus == http.StatusConflict
	case ErrRateLimited:
		return e.HTTPStatus == http.StatusTooManyRequests
	}
	return false
}

// readError reads the two forms that errors have: those of the API, and those of the token endpoint (RFC 6749 section 5.2).
func readError(res *http.Response, body []byte) error {
	e := &APIError{HTTPStatus: res.StatusCode}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	var b struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Details []struct {
			ErrorCode  string `json:"error_code"`
			Validation struct {
				Violations []FieldViolation `json:"field_violations"`
			} `json:"validation_error_info"`
			Request struct {
				ID string `json:"request_id"`
			} `json:"request_info"`
		} `json:"details"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &b) != nil {
		return e // a proxy's page, which says nothing that the status does not
	}
	e.Code, e.Message = b.Code, bounded(b.Message)
	if b.Error != "" {
		e.ErrorCode, e.Message = bounded(b.Error), bounded(b.Description)
	}
	for _, d := range b.Details {
		if d.ErrorCode != "" {
			e.ErrorCode = bounded(d.ErrorCode)
		}
		if d.Request.ID != "" {
			e.RequestID = bounded(d.Request.ID)
		}
		e.Violations = append(e.Violations, d.Validation.Violations...)
	}
	return e
}

func bounded(s string) string {
	const most = 500
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
