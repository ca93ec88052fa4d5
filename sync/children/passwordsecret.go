package children

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
)

// Keys of a Secret with a password. They are those of Strimzi's users, and UserKey beside them.
const (
	UserKey     = "username"
	PasswordKey = "password"
	jaasKey     = "sasl.jaas.config"
)

// Login is a user's name and password, and the Secret that they are kept in.
type Login struct {
	Namespace, Secret string
	User              string
	Password          sync.Confidential
	Annotations       map[string]string
}

// PasswordSecret is the Secret of a user who logs in with SCRAM.
func PasswordSecret(login Login) sync.Child {
	annotations := login.Annotations
	if annotations == nil {
		annotations = map[string]string{}
	}
	jaas := fmt.Sprintf("org.apache.kafka.common.security.scram.ScramLoginModule required username=%q password=%q;",
		login.User, login.Password.Reveal())
	return sync.Child{
		APIVersion: coreV1, Kind: "Secret", Name: login.Secret,
		Object: &secret{
			APIVersion: coreV1, Kind: "Secret", Type: corev1.SecretTypeOpaque,
			Metadata: metadata{
				Name: login.Secret, Namespace: login.Namespace, Labels: map[string]string{}, Annotations: annotations,
			},
			Data: map[string]sync.Confidential{
				UserKey: sync.Confidential(login.User), PasswordKey: login.Password, jaasKey: sync.Confidential(jaas),
			},
		},
	}
}
