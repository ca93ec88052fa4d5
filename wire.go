package main

import (
	"errors"
	"io"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kompositor/kompositor/cruisecontrol"
	"github.com/kompositor/kompositor/kafka"
	"github.com/kompositor/kompositor/kubernetes"
	"github.com/kompositor/kompositor/pki"
	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

// hooks are the pure rooms, by the kind of their parent in lower case.
func hooks() map[string]sync.Hook {
	return map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}
}

// outside are the rooms that stand between us and the world. Closing it closes their connections.
type outside struct {
	adapters []server.Adapter
	io.Closer
}

// connectOutside makes the adapters. None of them dials before it is asked something. Outside of a Pod there is no API
// server to speak to, and a command to it fails with that reason.
func connectOutside(registerer prometheus.Registerer, serviceAccount string) (outside, error) {
	brokers := kafka.New(kafka.Options{Registerer: registerer})
	control := cruisecontrol.New(cruisecontrol.Options{Registerer: registerer})
	made := outside{
		adapters: []server.Adapter{brokers, control, pki.Passwords{}}, Closer: closers{brokers, control},
	}
	api, err := kubernetes.InCluster(serviceAccount)
	switch {
	case errors.Is(err, kubernetes.ErrNotInCluster):
	case err != nil:
		return outside{}, errors.Join(err, made.Close())
	default:
		made.adapters = append(made.adapters, api)
	}
	return made, nil
}

// closers closes all of them.
type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, closer := range c {
		errs = append(errs, closer.Close())
	}
	return errors.Join(errs...)
}
