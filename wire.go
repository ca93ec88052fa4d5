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

// adapters are the rooms that stand between us and the outside. Outside of a Pod there is no API server to speak to,
// and a command to it fails with that reason.
func adapters(serviceAccount string) ([]server.Adapter, error) {
	api, err := kubernetes.InCluster(serviceAccount)
	if errors.Is(err, kubernetes.ErrNotInCluster) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []server.Adapter{api}, nil
}
