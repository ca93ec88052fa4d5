package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	gosync "sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync"
)

// decode reads the whole body as one JSON value. The JSON library refuses a member that comes twice, text that is not
// UTF-8 and anything after the value: none of them can come from an API server, and each could be read in two ways.
func decode(body io.Reader, into any) error {
	err := json.UnmarshalRead(body, into)
	if err == nil {
		return nil
	}
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(over.Limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refuse(http.StatusRequestTimeout, tooSlow, "the body did not arrive within "+readTimeout.String())
	}
	return refuse(http.StatusBadRequest, undecodable, "the body is not a hook request: "+describe(err))
}

func tooLarge(limit int64) error {
	return refuse(http.StatusRequestEntityTooLarge, overLimit,
		fmt.Sprintf("the body is larger than %d bytes; --max-request-bytes raises the limit", limit))
}

// notOurRequest is a hook's refusal to observe.
func notOurRequest(err error) error {
	return refuse(http.StatusBadRequest, notOurs, "the request is not one of ours: "+describe(err))
}

// describe says where decoding failed and why. It never quotes a value: it could be a Secret's.
func describe(err error) string {
	syntactic, isSyntactic := errors.AsType[*jsontext.SyntacticError](err)
	semantic, isSemantic := errors.AsType[*json.SemanticError](err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it is empty or ends before its JSON does"
	case isSyntactic:
		return fmt.Sprintf("%s, at %s, byte %d", syntactic.Err, place(syntactic.JSONPointer), syntactic.ByteOffset)
	case isSemantic:
		text := fmt.Sprintf("a JSON %s does not fit, at %s, byte %d",
			kindName(semantic.JSONKind), place(semantic.JSONPointer), semantic.ByteOffset)
		if semantic.GoType != nil {
			text += ", as " + semantic.GoType.String()
		}
		if semantic.Err != nil && !strings.Contains(string(semantic.JSONPointer), "Secret.") {
			text += ": " + semantic.Err.Error()
		}
		return text
	default:
		return err.Error()
	}
}

func place(pointer jsontext.Pointer) string {
	if pointer == "" {
		return "the top level"
	}
	return string(pointer)
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case jsontext.KindInvalid:
		return "value"
	case jsontext.KindBeginObject, jsontext.KindEndObject:
		return "object"
	case jsontext.KindBeginArray, jsontext.KindEndArray:
		return "array"
	default:
		return kind.String()
	}
}

// encode writes the answer whole into a buffer, from where it is sent.
func encode(out *bytes.Buffer, answer any) error {
	if err := json.MarshalWrite(out, answer, sync.Encoding()); err != nil {
		return bug(unencodable, errors.New(describe(err)))
	}
	return nil
}

// buffers are reused between calls: an answer for a thousand brokers takes megabytes.
type buffers struct{ pool gosync.Pool }

func (b *buffers) get() *bytes.Buffer {
	if buffer, ok := b.pool.Get().(*bytes.Buffer); ok {
		buffer.Reset()
		return buffer
	}
	return new(bytes.Buffer)
}

func (b *buffers) put(buffer *bytes.Buffer) { b.pool.Put(buffer) }
