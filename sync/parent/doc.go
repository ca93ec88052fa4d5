// Package parent answers two questions that every kind of parent has: what does the request say of it, and how is what
// is true told in its conditions? It reads the parent without believing that the spec fits its type, and keeps each
// place where it does not as a mistake; and it gives conditions their times, and lists what they say of a spec that is
// carried out in part.
//
// What this package is not: it knows no kind of parent by name, and decides nothing.
//
// It may import: api, sync, apimachinery, and the JSON library.
package parent
