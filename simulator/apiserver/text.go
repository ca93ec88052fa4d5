package apiserver

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// version is one version of a stored object.
type version struct{ uid, resourceVersion string }

// Encode returns the object's JSON; each version of a stored object is encoded once.
func (s *Server) Encode(o Object) []byte {
	if UID(o) == "" {
		return encode(o)
	}
	return s.Text(s.Number(o))
}

// Number is that of the object's JSON among all texts: the same for the same version of a stored object.
func (s *Server) Number(o Object) int {
	this := version{UID(o), String(o, "metadata", "resourceVersion")}
	number, known := s.encoded[this]
	if !known || this.uid == "" {
		number = s.Keep(encode(o))
		s.encoded[this] = number
	}
	return number
}

// Keep gives a text a number.
func (s *Server) Keep(text []byte) int {
	s.texts = append(s.texts, text)
	return len(s.texts) - 1
}

// Text is the text with a number. Nobody may change it.
func (s *Server) Text(number int) []byte { return s.texts[number] }

func encode(o Object) []byte {
	text, err := json.Marshal(o, json.Deterministic(true), jsontext.EscapeForHTML(true)) // as encoding/json writes it
	if err != nil {
		panic(fmt.Sprintf("an object that was decoded from JSON does not encode: %v", err))
	}
	return text
}
