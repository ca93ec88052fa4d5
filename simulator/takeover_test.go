package simulator

import (
	"os"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// koperator begins a world with a cluster as Koperator has left it, which the e2e test takes over too.
func (s *teller) koperator() error {
	text, err := os.ReadFile("../e2e/testdata/koperator.yaml")
	if err != nil {
		return err
	}
	var objects []apiserver.Object
	for _, document := range splitDocuments(string(text)) {
		text, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			return err
		}
		object, err := apply.Decode(text)
		if err != nil {
			return err
		}
		objects = append(objects, object)
	}
	s.world = New(Options{Seed: 1, Nodes: 3, Hook: clusterHook, TwiceEvery: 1})
	if err := s.world.Found(objects); err != nil {
		return err
	}
	kafka := s.world.Kafka.Cluster(s.world.parentName())
	if err := kafka.CreateTopic("orders", 6, 3, 2); err != nil {
		return err
	}
	const metrics = "__CruiseControlMetrics"
	if err := kafka.CreateTopic(metrics, 12, 3, 2); err != nil {
		return err
	}
	if err := kafka.AlterTopic(metrics, nil, []string{"min.insync.replicas"}); err != nil {
		return err
	}
	s.world.Tell(s.sentence)
	return nil
}

// label gives the cluster's objects the label by which Metacontroller finds them, those of one kind if one is named.
func (s *teller) label(kind string) error {
	w := s.world
	uid := apiserver.UID(w.Parent())
	for _, child := range w.Controllers[0].Children {
		for _, o := range w.Server.List(child.Kind) {
			ours := apiserver.Label(o, clusterLabel) == apiserver.Name(w.Parent()) ||
				apiserver.Label(o, "clusterName") == apiserver.Name(w.Parent())
			if !ours || kind != "" && o["kind"] != kind {
				continue
			}
			err := w.Edit(apiserver.KeyOf(o), func(o apiserver.Object) {
				apiserver.Set(o, uid, "metadata", "labels", "controller-uid")
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
