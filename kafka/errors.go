package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// reasonAt says in words that a user can act on why a broker, or the cluster, did not answer.
func (c *client) reasonAt(ctx context.Context, broker int32, err error) string {
	at := strings.Join(c.bootstrap, ", ")
	if broker != anyBroker {
		at = fmt.Sprintf("broker %d", broker)
	}
	return reason(ctx, at, err)
}

// told is an error that is a reason already.
type told string

func (t told) Error() string { return string(t) }

// reason never repeats a credential: the errors of both clients name addresses and codes only. Of several causes it
// names the one that a user has to act on: the first one here.
func reason(ctx context.Context, at string, err error) string {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		alert     *net.OpError
		record    tls.RecordHeaderError
		refused   *refusal
		said      told
	)
	switch {
	case errors.As(err, &said):
		return string(said)
	case errors.As(err, &authority):
		return at + " shows a certificate of an unknown CA: check ca.crt of the cluster's client Secret"
	case errors.As(err, &hostname), errors.As(err, &invalid), errors.As(err, &verify):
		return fmt.Sprintf("the certificate of %s is not accepted: %v", at, firstOf(err))
	case errors.As(err, &alert) && alert.Op == remoteAlert:
		return fmt.Sprintf("%s refuses our certificate (%v): check tls.crt of the cluster's client Secret", at, alert.Err)
	case errors.As(err, &record):
		return at + " does not speak TLS: check the type of the listener"
	case authenticationFailed(err):
		return at + " refuses our login: check the credentials for the listener of administrators"
	case errors.As(err, &refused):
		return fmt.Sprintf("%s does not tell: %v", at, refused)
	case errors.As(err, &dns):
		return fmt.Sprintf(
			"the name %s does not resolve: check that the cluster's Services exist and its DNS answers", dns.Name,
		)
	case errors.Is(err, syscall.ECONNREFUSED) && late(ctx, err):
		return at + " did not answer in time, or refused connections"
	case errors.Is(err, syscall.ECONNREFUSED):
		return at + " refuses connections: no broker listens there"
	case late(ctx, err):
		return at + " did not answer in time"
	case kgo.IsRetryableBrokerErr(firstOf(err)), errors.Is(err, io.EOF):
		return at + " closed the connection before it answered"
	}
	return fmt.Sprintf("%s: %v", at, firstOf(err))
}

// remoteAlert is how crypto/tls marks an alert that the other side sent; the alert itself has no exported type.
const remoteAlert = "remote error"

func authenticationFailed(err error) bool {
	return errors.Is(err, kerr.SaslAuthenticationFailed) || errors.Is(err, kerr.UnsupportedSaslMechanism) ||
		errors.Is(err, kerr.IllegalSaslState)
}

// late says that there was no answer, so that nobody knows what became of the request.
func late(ctx context.Context, err error) bool {
	var (
		network net.Error
		librd   confluent.Error
	)
	switch {
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return true
	case errors.As(err, &network):
		return network.Timeout()
	case errors.As(err, &librd):
		return librd.Code() == confluent.ErrTimedOut || librd.Code() == confluent.ErrTransport ||
			librd.Code() == confluent.ErrTimedOutQueue
	}
	return false
}

// firstOf is one line of several failures.
func firstOf(err error) error {
	for {
		several, ok := err.(interface{ Unwrap() []error })
		if !ok || len(several.Unwrap()) == 0 {
			return err
		}
		err = several.Unwrap()[0]
	}
}
