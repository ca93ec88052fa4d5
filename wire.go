package main

import (
	"errors"

	"github.com/kompositor/kompositor/kubernetes"
	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// hooks are the pure rooms, by the kind of their parent in lower case.
func hooks() map[string]sync.Hook {
	return map[string]sync.Hook{"kafkacluster": cluster.Hook{}}
}

// adapters are the rooms that stand between us and the outside. One that this process can not have, such as the API server
// outside of a Pod, is left out: what it would have answered is unknown, and what it would have done fails with that reason.
func adapters() ([]server.Adapter, error) {
	var found []server.Adapter
	switch client, err := kubernetes.InCluster(); {
	case err == nil:
		found = append(found, client)
	case !errors.Is(err, kubernetes.ErrNotInCluster):
		return nil, err
	}
	return found, nil
}
