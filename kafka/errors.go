package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// reason says in words that a user can act on why a cluster did not answer. It never repeats a credential: the errors
// of both clients name addresses and codes only.
func reason(ctx context.Context, bootstrap []string, err error) string {
	at := strings.Join(bootstrap, ", ")
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		alert     tls.AlertError
		record    tls.RecordHeaderError
		librd     confluent.Error
	)
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf(
			"the name %s does not resolve: check that the cluster's Services exist and its DNS answers",
			dns.Name,
		)
	case errors.As(err, &authority):
		return at + " shows a certificate of an unknown CA: check ca.crt of the cluster's client Secret"
	case errors.As(err, &hostname), errors.As(err, &invalid), errors.As(err, &verify):
		return fmt.Sprintf("the certificate of %s is not accepted: %v", at, err)
	case errors.As(err, &alert):
		return fmt.Sprintf("%s refuses our certificate (%v): check tls.crt of the cluster's client Secret", at, alert)
	case errors.As(err, &record):
		return at + " does not speak TLS: check the type of the listener"
	case authenticationFailed(err):
		return at + " refuses our login: check the credentials for the listener of administrators"
	case errors.Is(err, kerr.ClusterAuthorizationFailed), errors.Is(err, kerr.TopicAuthorizationFailed):
		return fmt.Sprintf("%s does not allow us to ask (%v): make our principal a super user or grant it Describe", at, err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return at + " refuses connections: no broker listens there"
	case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil, errors.Is(err, kgo.ErrRecordTimeout),
		errors.As(err, &librd) && librd.Code() == confluent.ErrTimedOut:
		return at + " did not answer in time"
	}
	return fmt.Sprintf("%s: %v", at, err)
}

func authenticationFailed(err error) bool {
	return errors.Is(err, kerr.SaslAuthenticationFailed) || errors.Is(err, kerr.UnsupportedSaslMechanism) ||
		errors.Is(err, kerr.IllegalSaslState)
}
