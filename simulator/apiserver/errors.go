package apiserver

import (
	"errors"
	"fmt"
	"net/http"
)

// StatusError is a refusal, with the HTTP status that a real server answers with.
type StatusError struct {
	Code    int
	Message string
}

// Error is what a client prints.
func (e *StatusError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

func refuse(code int, format string, args ...any) error {
	return &StatusError{Code: code, Message: fmt.Sprintf(format, args...)}
}

func invalid(key Key, field, format string, args ...any) error {
	return refuse(http.StatusUnprocessableEntity, "%s is invalid: %s: %s", key, field, fmt.Sprintf(format, args...))
}

// Code returns the HTTP status of an error, 0 for none, 500 for one that is no StatusError.
func Code(err error) int {
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[*StatusError](err); ok {
		return status.Code
	}
	return http.StatusInternalServerError
}

// IsNotFound says that the object does not exist.
func IsNotFound(err error) bool { return Code(err) == http.StatusNotFound }

// IsConflict says that the object has another resource version or uid than the caller thought.
func IsConflict(err error) bool {
	return Code(err) == http.StatusConflict && !IsAlreadyExists(err)
}

// IsAlreadyExists says that an object of that name exists.
func IsAlreadyExists(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Code == http.StatusConflict && status.exists()
}

const alreadyExists = " already exists"

func (e *StatusError) exists() bool {
	return len(e.Message) > len(alreadyExists) && e.Message[len(e.Message)-len(alreadyExists):] == alreadyExists
}
