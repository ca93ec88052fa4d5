package claimtemplate

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// RenderAll fills the templates in the brokers' pvcSpecs in, and lists those that can not be.
func RenderAll(brokers []v1beta1.ResolvedBroker) (mistakes field.ErrorList) {
	for i := range brokers {
		storage := slices.Clone(brokers[i].StorageConfigs)
		for j := range storage {
			if storage[j].PVCSpec == nil {
				continue
			}
			values := Values{BrokerId: brokers[i].ID, MountPath: storage[j].MountPath}
			rendered, err := Render(storage[j].PVCSpec, values)
			if err != nil {
				path := field.NewPath("spec", "brokers").Index(i).Child("brokerConfig", "storageConfigs").Index(j)
				mistakes = append(mistakes, field.Invalid(path.Child("pvcSpec"), storage[j].MountPath,
					fmt.Sprintf("its template can not be filled in for broker %d: %v", brokers[i].ID, err)))
				continue
			}
			storage[j].PVCSpec = rendered
		}
		brokers[i].StorageConfigs = storage
	}
	return mistakes
}
