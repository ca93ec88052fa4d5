package main

import (
	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
)

// hooks are the pure rooms, by the kind of their parent in lower case.
func hooks() map[string]sync.Hook {
	return map[string]sync.Hook{}
}

// adapters are the rooms that stand between us and the outside.
func adapters() []server.Adapter {
	return nil
}
