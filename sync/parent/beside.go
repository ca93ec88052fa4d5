package parent

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Beside are the mistakes of a spec that is not readable everywhere, and those that validation finds beside them. A
// value that does not fit its type was left out, and validation would miss it: what it says of that value, of what is
// in it, and of the object that lacks it, is not told. Of a spec that was not read to its end nothing else is told.
func Beside(unreadable, found field.ErrorList) field.ErrorList {
	if len(unreadable) == 0 {
		return found
	}
	all := slices.Clone(unreadable)
	for _, mistake := range found {
		hides := func(wrong *field.Error) bool {
			return wrong.Field == "spec" || within(mistake.Field, wrong.Field) || mistake.Field == around(wrong.Field)
		}
		if !slices.ContainsFunc(unreadable, hides) {
			all = append(all, mistake)
		}
	}
	return all
}

// within says that a path is another one, or leads to something in it.
func within(path, outer string) bool {
	rest, begins := strings.CutPrefix(path, outer)
	return begins && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// around is the path without its last step. A step in brackets may have dots.
func around(path string) string {
	before := "."
	if strings.HasSuffix(path, "]") {
		before = "["
	}
	return path[:max(strings.LastIndex(path, before), 0)]
}
