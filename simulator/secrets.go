package simulator

import (
	"bytes"
	"encoding/base64"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// shortestSecret is the length from which a value can not be met by accident.
const shortestSecret = 12

// secrets checks that no value of a Secret in the world is answered outside of a Secret.
func (l *laws) secrets(call *metacontroller.Call) {
	if call.Answer == nil {
		return
	}
	for _, secret := range l.world.Server.List("Secret.v1") {
		for name := range apiserver.Map(secret, "data") {
			text := apiserver.String(secret, "data", name)
			value, err := base64.StdEncoding.DecodeString(text)
			if err != nil || len(value) < shortestSecret {
				continue
			}
			l.looked(secretsKept)
			if l.leaks(call, []byte(text)) || l.leaks(call, value) {
				l.broken(secretsKept, "%s of %s was answered by %s", name, apiserver.KeyOf(secret), call.Hook)
			}
		}
	}
}

// leaks says that a value stands in the status or in a child that is no Secret.
func (l *laws) leaks(call *metacontroller.Call, value []byte) bool {
	if !bytes.Contains(call.Response, value) {
		return false
	}
	if bytes.Contains(l.world.Server.Encode(apiserver.Object{"status": call.Answer.Status}), value) {
		return true
	}
	for _, child := range call.Answer.Children {
		if child["kind"] != "Secret" && bytes.Contains(l.world.Server.Encode(child), value) {
			return true
		}
	}
	return false
}
