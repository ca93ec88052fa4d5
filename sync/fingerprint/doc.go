// Package fingerprint answers one question: in which of its parts is a request another one than before? Each part
// leaves a short fingerprint in one line of text, which is kept where the request was carried out.
//
// What this package is not: it knows nothing of what a request asks for.
//
// It may import: sync, the JSON library, and the standard library's pure parts.
package fingerprint
