package v1beta1

import (
	"maps"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxBrokerID is Koperator's bound, one below the largest port.
const maxBrokerID = 65534

func (v *validator) checkBrokers(at *field.Path) {
	if len(v.spec.Brokers) == 0 {
		v.required(at, "a cluster needs one broker at least")
	}
	seen := make(map[int32]int, len(v.spec.Brokers))
	for i := range v.spec.Brokers {
		broker := &v.spec.Brokers[i]
		if broker.ID < 0 || broker.ID > maxBrokerID {
			v.invalid(at.Index(i).Child("id"), broker.ID, "must be between 0 and %d", maxBrokerID)
		}
		if first, ok := seen[broker.ID]; ok {
			v.invalid(at.Index(i).Child("id"), broker.ID, "is the id of brokers[%d] too: give each broker its own", first)
		} else {
			seen[broker.ID] = i
		}
		if broker.BrokerConfigGroup == "" {
			if broker.BrokerConfig == nil {
				v.required(at.Index(i).Child("brokerConfigGroup"), "set it, or set brokerConfig")
			}
			continue
		}
		if _, ok := v.spec.BrokerConfigGroups[broker.BrokerConfigGroup]; !ok {
			v.invalid(at.Index(i).Child("brokerConfigGroup"), broker.BrokerConfigGroup,
				"no such entry in brokerConfigGroups: add it or use one of %s", v.groupNames())
		}
	}
}

// groupNames lists what the user can choose from, not more than a reader can take in.
func (v *validator) groupNames() string {
	const most = 10
	names := slices.Sorted(maps.Keys(v.spec.BrokerConfigGroups))
	if len(names) == 0 {
		return "none, there are no groups yet"
	}
	if len(names) > most {
		names = append(names[:most], "...")
	}
	return strings.Join(names, ", ")
}

// checkGroups looks at disks once per group rather than once per broker.
func (v *validator) checkGroups(at *field.Path) {
	for _, name := range slices.Sorted(maps.Keys(v.spec.BrokerConfigGroups)) {
		group := v.spec.BrokerConfigGroups[name]
		v.checkSettings(at.Key(name), &group)
	}
}

// checkSettings finds what is wrong with settings wherever they apply.
func (v *validator) checkSettings(at *field.Path, c *BrokerConfig) {
	for i, role := range c.Roles {
		if role != RoleBroker && role != RoleController {
			v.invalid(at.Child("processRoles").Index(i), role, "must be broker or controller")
		}
	}
	seen := make(map[string]int, len(c.StorageConfigs))
	for i := range c.StorageConfigs {
		disk, at := &c.StorageConfigs[i], at.Child("storageConfigs").Index(i)
		v.checkDisk(at, disk)
		clean := path.Clean(disk.MountPath)
		if first, ok := seen[clean]; ok {
			v.invalid(at.Child("mountPath"), disk.MountPath, "is the path of storageConfigs[%d] too: give each disk its own",
				first)
		} else {
			seen[clean] = i
		}
	}
	if c.TerminationGracePeriod != nil && *c.TerminationGracePeriod < 0 {
		v.invalid(at.Child("terminationGracePeriodSeconds"), *c.TerminationGracePeriod, "must be 0 or more")
	}
}

func (v *validator) checkDisk(at *field.Path, disk *StorageConfig) {
	if !path.IsAbs(disk.MountPath) || strings.ContainsAny(disk.MountPath, ":,") {
		v.invalid(at.Child("mountPath"), disk.MountPath,
			"must be an absolute path without colon and comma, for example /kafka-logs")
	}
	if disk.PVCSpec == nil && disk.EmptyDir == nil {
		v.required(at, "a disk needs a kind of storage: set pvcSpec or emptyDir")
	}
	if disk.PVCSpec == nil {
		return
	}
	size, ok := disk.PVCSpec.Resources.Requests["storage"]
	if at := at.Child("pvcSpec", "resources", "requests").Key("storage"); !ok {
		v.required(at, "set the size of the disk, for example 10Gi")
	} else if size.Sign() <= 0 {
		v.invalid(at, size.String(), "must be more than zero, for example 10Gi")
	}
}

// checkRoles looks at what each broker is in the end. ZooKeeper mode has no roles.
func (v *validator) checkRoles(at *field.Path) {
	if !v.spec.KRaft || len(v.brokers) == 0 {
		return
	}
	brokers, controllers := 0, 0
	for i := range v.brokers {
		b := &v.brokers[i]
		if len(b.Roles) == 0 {
			v.required(at.Index(b.Index).Child("brokerConfig", "processRoles"),
				"with kRaft every broker needs a role: set broker, controller or both, here or in its group")
		}
		if b.IsBroker() {
			brokers++
		}
		if b.IsController() {
			controllers++
		}
	}
	if brokers == 0 {
		v.required(at, "one broker at least must have the role broker: add it to processRoles")
	}
	if controllers == 0 {
		v.required(at, "one broker at least must have the role controller: add it to processRoles")
	}
}

// checkStorage looks at disks that are the broker's own, and at how many a controller has in the end.
func (v *validator) checkStorage(at *field.Path) {
	for i := range v.brokers {
		b := &v.brokers[i]
		at := at.Index(b.Index).Child("brokerConfig")
		if own := v.spec.Brokers[b.Index].BrokerConfig; own != nil {
			v.checkSettings(at, own)
			v.checkOverlap(at.Child("storageConfigs"), b, len(own.StorageConfigs))
		}
		if n := len(b.StorageConfigs); b.IsController() && n != 1 {
			v.invalid(at.Child("storageConfigs"), n,
				"a controller keeps its metadata on exactly one disk, counting those of its group: leave one")
		}
	}
}

// checkOverlap finds disks of the broker's own that lie at the path of one of its group's, written in another way: only
// the same text takes the place of the group's disk. The broker's own come first.
func (v *validator) checkOverlap(at *field.Path, b *ResolvedBroker, own int) {
	own = min(own, len(b.StorageConfigs)) // a path that it has twice is there once
	for i := range own {
		for _, disk := range b.StorageConfigs[own:] {
			if path.Clean(disk.MountPath) == path.Clean(b.StorageConfigs[i].MountPath) {
				v.invalid(at.Index(i).Child("mountPath"), b.StorageConfigs[i].MountPath,
					"is the path of its group's %s too: write it the same way to take its place", disk.MountPath)
			}
		}
	}
}
