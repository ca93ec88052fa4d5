package v1beta1

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"

	"github.com/go-json-experiment/json"
)

// Backup reads configurationBackup, which Koperator writes as base64 of gzip of the broker's JSON; false when it holds
// no broker.
func (s *BrokerState) Backup() (Broker, bool) {
	var broker Broker
	compressed, err := base64.StdEncoding.DecodeString(s.ConfigurationBackup)
	if err != nil || len(compressed) == 0 {
		return broker, false
	}
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	return broker, err == nil && json.UnmarshalRead(reader, &broker) == nil
}
