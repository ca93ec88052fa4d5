package v1beta1

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checkCapacities checks that capacityConfig is a list of brokers. What it says of each is for Cruise Control to judge.
func (v *validator) checkCapacities(path *field.Path) {
	var config struct {
		Brokers []jsontext.Value `json:"brokerCapacities"`
	}
	text := v.spec.CruiseControlConfig.CapacityConfig
	if text == "" {
		return
	}
	if err := json.Unmarshal([]byte(text), &config, jsontext.AllowDuplicateNames(true)); err != nil {
		v.invalid(path, "(text)", "it must be a JSON object with a list brokerCapacities: %v", err)
		return
	}
	for i, entry := range config.Brokers {
		var broker struct {
			ID jsontext.Value `json:"brokerId"`
		}
		err := json.Unmarshal(entry, &broker, jsontext.AllowDuplicateNames(true))
		id := strings.Trim(broker.ID.String(), `"`)
		if err != nil || strings.Trim(strings.TrimPrefix(id, "-"), "0123456789") != "" || id == "" {
			v.invalid(path.Child("brokerCapacities").Index(i), "(JSON)",
				"brokerId must be the id of a broker, or -1 for all that have no entry")
		}
	}
}
