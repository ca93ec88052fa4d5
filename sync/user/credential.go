package user

import (
	"fmt"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// The mechanism of the passwords, and how often they are hashed: what Kafka's own tool takes.
// Source: Kafka, ScramMechanism and kafka-configs.
const (
	mechanism  = "SCRAM-SHA-512"
	iterations = 4096
)

// toBeTold stands in status.scramSecret before Kafka is told a password for the first time.
const toBeTold = "to be told"

// byPassword says that the user logs in with a password.
func (o *Observed) byPassword() bool {
	return o.user.Spec.Authenticates() == v1alpha1.AuthenticationSCRAMSHA512
}

// own is the Secret that we made; nil when there is none.
func (o *Observed) own() *sync.Secret {
	for i := range o.request.Children.Secrets {
		if secret := &o.request.Children.Secrets[i]; secret.Name == o.user.Spec.SecretName {
			return secret
		}
	}
	return nil
}

// foreign is a Secret of that name that somebody else made; nil when there is none.
func (o *Observed) foreign() *sync.Secret {
	if o.own() != nil {
		return nil
	}
	for i := range o.request.Related.Secrets {
		secret := &o.request.Related.Secrets[i]
		if secret.Name == o.user.Spec.SecretName && secret.Namespace == o.user.Namespace {
			return secret
		}
	}
	return nil
}

// needsPassword says that a password is to be made: nobody has one for the user yet.
func (o *Observed) needsPassword() bool {
	return !o.deleting && o.byPassword() && o.user.Spec.CertificateWanted() && o.own() == nil && o.foreign() == nil
}

// settleCredential lists the Secret and says what Kafka is to be told of the password in it. Kafka is only ever told
// what was read back from a Secret: of two passwords that were made at the same time one was kept.
func (p *plan) settleCredential() {
	if !p.o.byPassword() {
		p.dropCredential()
		return
	}
	secret, why := p.credential()
	if secret == nil {
		p.credentialWaits, p.credentialReason = why, sync.SecretMissing
		return
	}
	version := secret.UID + "/" + secret.ResourceVersion
	p.status.SCRAMSecret = p.o.user.Status.SCRAMSecret
	if p.o.user.Status.SCRAMSecret == version && p.hasCredential() {
		return
	}
	p.credentialWaits, p.credentialReason = "Kafka is being told the password", sync.KafkaBeingTold
	switch {
	case p.kafkaWaits != "":
		return
	case p.status.SCRAMSecret == "":
		p.status.SCRAMSecret = toBeTold
		p.waitForRecord()
		return
	}
	p.status.SCRAMSecret = version
	p.command(sync.SetSCRAM{
		ToKafka: p.toKafka(), User: p.o.user.Name, Mechanism: mechanism, Iterations: iterations,
		Password: secret.Data[children.PasswordKey],
	})
}

// credential is the Secret with the password, or what is awaited for it.
func (p *plan) credential() (secret *sync.Secret, waits string) {
	name := p.o.user.Spec.SecretName
	if own := p.o.own(); own != nil {
		p.children = append(p.children, own.Frozen())
		if len(own.Data[children.PasswordKey]) == 0 {
			return nil, fmt.Sprintf("Secret %s has lost its key %s: delete the Secret, and it is made again", name,
				children.PasswordKey)
		}
		return own, ""
	}
	foreign := p.o.foreign()
	switch {
	case p.o.user.Spec.CertificateWanted() && foreign != nil:
		return nil, fmt.Sprintf("Secret %s exists and is not ours: name another in spec.secretName, or set "+
			"spec.createCert to false to use its key %s", name, children.PasswordKey)
	case p.o.user.Spec.CertificateWanted():
		return nil, p.makeCredential(name)
	case foreign == nil:
		return nil, fmt.Sprintf("Secret %s does not exist: create it with the key %s, or set spec.createCert to true", name,
			children.PasswordKey)
	case len(foreign.Data[children.PasswordKey]) == 0:
		return nil, fmt.Sprintf("Secret %s lacks the key %s", name, children.PasswordKey)
	}
	return foreign, ""
}

// keepFormer lists the Secrets that we made under other names, until Kafka was told the password in the present one:
// till then the password in force is in no other place.
func (p *plan) keepFormer() {
	for i := range p.o.request.Children.Secrets {
		if secret := &p.o.request.Children.Secrets[i]; p.credentialWaits != "" && secret.Name != p.o.user.Spec.SecretName {
			p.children = append(p.children, secret.Frozen())
		}
	}
}

// makeCredential lists a new Secret, and says what is awaited.
func (p *plan) makeCredential(name string) string {
	password, known := p.facts.PKI.Password.Get()
	if !known {
		return "no password could be made: " + p.facts.PKI.Password.Why()
	}
	p.children = append(p.children, children.PasswordSecret(children.Login{
		Namespace: p.o.user.Namespace, Secret: name, User: p.o.user.Name, Password: password,
		Annotations: p.o.user.Spec.Annotations,
	}))
	return fmt.Sprintf("Secret %s is being made", name)
}

// hasCredential says that Kafka holds a credential of the user.
func (p *plan) hasCredential() bool {
	for _, credential := range p.kafka.SCRAM {
		if credential.Mechanism == mechanism {
			return true
		}
	}
	return false
}

// dropCredential takes back a password that this resource gave before it asked for something else.
func (p *plan) dropCredential() {
	if p.o.user.Status.SCRAMSecret == "" {
		return
	}
	p.status.SCRAMSecret = p.o.user.Status.SCRAMSecret
	switch {
	case p.kafkaWaits != "":
	case p.hasCredential():
		p.command(sync.DeleteSCRAM{ToKafka: p.toKafka(), User: p.o.user.Name, Mechanism: mechanism})
	default:
		p.status.SCRAMSecret = ""
	}
}
