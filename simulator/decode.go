package simulator

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync"
)

// decoders read objects of requests that were read before by their text: most of a request is as it was in the last
// one. They only save time.
func decoders() *json.Unmarshalers {
	return json.JoinUnmarshalers(
		once[sync.Pod](), once[sync.PersistentVolumeClaim](), once[sync.ConfigMap](), once[sync.Service](),
		once[sync.Secret](), once[sync.PodDisruptionBudget](), once[sync.Deployment](), once[sync.Referenced](),
		once[sync.Unknown](),
	)
}

// once reads every text of a kind once.
func once[T any]() *json.Unmarshalers {
	known := map[string]T{}
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, value *T) error {
		text, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if read, ok := known[string(text)]; ok {
			*value = read
			return nil
		}
		if err := json.Unmarshal(text, value); err != nil {
			return err
		}
		known[string(text)] = *value
		return nil
	})
}
