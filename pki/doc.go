// Package pki is the adapter that makes keys and certificates when the pure room asks for them: chance lives here, so
// that the same request and the same facts give the same bytes there. It holds nothing yet.
//
// What this package is not: it does not decide who needs a certificate or when it is renewed, it stores nothing, and
// it does not load the certificates that the hook itself is served with; that is server's.
//
// It may import: sync and the standard library's crypto packages.
package pki
