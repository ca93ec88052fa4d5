package v1beta1

import (
	"maps"
	"slices"
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

// checkTaskParameters checks that what is given to every operation is known to one of their endpoints, and is no
// parameter that is decided for each of them.
func (v *validator) checkTaskParameters(path *field.Path) {
	spec := v.spec.CruiseControlConfig.CruiseControlOperationSpec
	if spec == nil {
		return
	}
	var all []string
	for _, operation := range GracefulOperations() {
		known, _ := TaskParameters(operation)
		all = append(all, known...)
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Parameters)) {
		switch lower := strings.ToLower(name); {
		case slices.Contains(DecidedParameters(), lower):
			v.invalid(path.Key(name), spec.Parameters[name], "it is decided for each operation: take it out, and make a "+
				"CruiseControlOperation of your own where you need it")
		case !slices.Contains(all, lower):
			v.invalid(path.Key(name), spec.Parameters[name], "none of %s has such a parameter",
				strings.Join(GracefulOperations(), ", "))
		}
	}
	for _, clash := range ParameterClashes(lowered(spec.Parameters)) {
		v.invalid(path.Key(clash.Name), clash.With, "Cruise Control does not take it together with %s: take one of them out",
			clash.With)
	}
}
