package cruisecontrol

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// checkParameters refuses what Cruise Control would: it names every parameter that the endpoint does not have.
// Cruise Control compares names without regard to case.
func checkParameters(endpoint string, parameters map[string]string) error {
	known, ok := v1beta1.TaskParameters(endpoint)
	if !ok {
		return refusal(sync.FailureNoEndpoint, http.StatusNotFound, endpoint+" starts no task")
	}
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if !slices.Contains(known, strings.ToLower(name)) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(known)
		return refusal(sync.FailureBadRequest, http.StatusBadRequest, fmt.Sprintf("%s has no %s; it has %s", endpoint,
			strings.Join(unknown, ", "), strings.Join(known, ", ")))
	}
	return nil
}
