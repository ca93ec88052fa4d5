package simulator

import (
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// putsBack says that a write of Metacontroller only takes back what others have edited: every field that it changes
// gets the value that Metacontroller gave it last. It does so of itself, as long as the child is asked for. With
// server-side apply it also takes back what the call had not heard of: what stays as it was told is applied as that.
func (l *laws) putsBack(call *metacontroller.Call, write *apiserver.Write) bool {
	if write.Verb != apiserver.Updated {
		return false
	}
	var last apiserver.Object
	all := l.world.Server.Writes()
	for i := 0; i < len(all) && &all[i] != write; i++ {
		if before := &all[i]; before.Key == write.Key && before.Actor == write.Actor && before.Err == nil {
			last = before.New
		}
	}
	if last != nil && goesBack(write.Old, write.New, last) {
		return true
	}
	heard := told(call, write.Key)
	return l.world.ServerSide && heard != nil && goesBack(write.Old, write.New, heard)
}

// told is a child as a call was told of it; nil when it was not.
func told(call *metacontroller.Call, key apiserver.Key) apiserver.Object {
	request, err := apply.Decode(call.Request.Whole())
	if err != nil {
		return nil
	}
	for _, child := range apiserver.Map(request, "children", key.Kind) {
		if child, ok := child.(apiserver.Object); ok && apiserver.KeyOf(child) == key {
			return child
		}
	}
	return nil
}

// goesBack says that what is changed has its last value again.
func goesBack(old, changed, last apiserver.Object) bool {
	for _, o := range []apiserver.Object{old, changed} {
		for field := range o {
			before, isMap := old[field].(apiserver.Object)
			after, stays := changed[field].(apiserver.Object)
			switch own := field == "resourceVersion" || field == "generation" || field == "managedFields"; {
			case own || apply.Equal(old[field], changed[field]):
			case isMap && stays && goesBack(before, after, apiserver.Map(last, field)):
			case !apply.Equal(changed[field], last[field]):
				return false
			}
		}
	}
	return true
}
