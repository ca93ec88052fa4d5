package server

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
)

// tokens are the digests of the bearer tokens that are accepted: of equal length, so that comparing them takes equal
// time.
type tokens [][sha256.Size]byte

// readTokens reads one token a line, so that an old and a new one can be valid while they are exchanged.
func readTokens(contents [][]byte) (tokens, error) {
	var accepted tokens
	for line := range bytes.Lines(contents[0]) {
		if token := bytes.TrimSpace(line); len(token) > 0 {
			accepted = append(accepted, sha256.Sum256(token))
		}
	}
	if len(accepted) == 0 {
		return nil, errors.New("the file holds no token; write one a line")
	}
	return accepted, nil
}

// accept says whether the token is one of them.
func (t tokens) accept(token string) bool {
	digest := sha256.Sum256([]byte(token))
	found := 0
	for i := range t {
		found |= subtle.ConstantTimeCompare(t[i][:], digest[:])
	}
	return found == 1
}

// authenticate asks a hook call for all that the options demand: a bearer token, a client certificate, both or
// neither.
func (s *Server) authenticate(r *http.Request) error {
	if s.options.TLS.ClientCAFile != "" && (r.TLS == nil || len(r.TLS.VerifiedChains) == 0) {
		return refuse(http.StatusUnauthorized, unauthorized, "the hooks ask for a client certificate of the configured CA")
	}
	if s.tokens == nil {
		return nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !s.tokens.get().accept(strings.TrimSpace(token)) {
		return refuse(http.StatusUnauthorized, unauthorized, "the hooks ask for a bearer token that is in the token file")
	}
	return nil
}
