package apiserver

import "net/http"

// Admission is what the schemas of custom resources say.
type Admission interface {
	// Complete writes defaults into a new object, or into one that replaces another.
	Complete(kind string, o Object)
	// Admit returns what is wrong with an object, empty for nothing; old is what it replaces, nil for none.
	Admit(kind string, old, o Object) string
}

// Unguard lets every custom resource in from now on, as a server does whose CRDs are older than a rule.
func (s *Server) Unguard() { s.admission = nil }

// complete writes the defaults of its schema into a custom resource.
func (s *Server) complete(key Key, o Object) {
	if s.admission != nil {
		s.admission.Complete(key.Kind, o)
	}
}

// admit refuses a custom resource that its schema does not let in.
func (s *Server) admit(key Key, old, o Object) error {
	if s.admission == nil {
		return nil
	}
	if mistakes := s.admission.Admit(key.Kind, old, o); mistakes != "" {
		return refuse(http.StatusUnprocessableEntity, "%s is invalid: %s", key, mistakes)
	}
	return nil
}
