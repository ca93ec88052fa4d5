package fingerprint

import (
	"slices"
	"testing"
)

func TestChanged(t *testing.T) {
	first := Of(Part{"image", "kafka:1"}, Part{"config", map[string]string{"a": "1", "b": "2"}})
	if again := Of(Part{"image", "kafka:1"}, Part{"config", map[string]string{"b": "2", "a": "1"}}); again != first {
		t.Errorf("the same request reads %s and %s", first, again)
	}
	second := Of(Part{"image", "kafka:2"}, Part{"config", map[string]string{"a": "1", "b": "2"}})
	if got := Changed(first, second); !slices.Equal(got, []string{"image"}) {
		t.Errorf("another image changes %v", got)
	}
	more := Of(Part{"image", "kafka:1"}, Part{"config", map[string]string{"a": "1", "b": "2"}}, Part{"pod", 1})
	if got := Changed(first, more); !slices.Equal(got, []string{"pod"}) {
		t.Errorf("a part more changes %v", got)
	}
	if got := Changed(first, first); got != nil {
		t.Errorf("nothing changes %v", got)
	}
}
