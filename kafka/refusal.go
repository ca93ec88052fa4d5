package kafka

import (
	"errors"
	"fmt"
	"strings"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kerr"
)

// refusal is a no to a request, and nothing was changed: Kafka's, with its error code and what it says about it, or our
// own, without a code. Unwrap gives the code, for errors.Is.
type refusal struct {
	code    error
	message string
}

// unfit is our own no.
func unfit(format string, about ...any) error {
	return &refusal{message: fmt.Sprintf(format, about...)}
}

// refusalOf reads an error code of a response; nil for none.
func refusalOf(code int16, message *string) error {
	err := kerr.ErrorForCode(code)
	if err == nil {
		return nil
	}
	refused := &refusal{code: err}
	if message != nil {
		refused.message = *message
	}
	return refused
}

// refusalBy reads what librdkafka returns: positive codes are Kafka's own, and negative ones librdkafka's.
func refusalBy(err error) error {
	var librd confluent.Error
	switch {
	case err == nil || !errors.As(err, &librd):
		return err
	case librd.Code() == confluent.ErrNoError:
		return nil
	case librd.Code() < 0:
		return librd
	}
	refused := &refusal{code: kerr.ErrorForCode(int16(librd.Code()))}
	if text := librd.String(); text != librd.Code().String() {
		refused.message = text
	}
	return refused
}

// Error names the code, what to do about it, and Kafka's own words.
func (r *refusal) Error() string {
	text, message := advice(r.code), strings.TrimSpace(r.message)
	var known *kerr.Error
	switch errors.As(r.code, &known); {
	case text != "" && message != "":
		text += fmt.Sprintf("; Kafka says: %s", message)
	case message != "":
		text = message
	case text == "" && known != nil:
		text = known.Description
	}
	if known == nil {
		return text
	}
	return known.Message + ": " + text
}

// advice is what a user can do about a code. Empty for those that Kafka's own words explain.
func advice(code error) string {
	switch {
	case errors.Is(code, kerr.ClusterAuthorizationFailed), errors.Is(code, kerr.TopicAuthorizationFailed):
		return "our principal may not do this: make it a super user or grant it the operation"
	case errors.Is(code, kerr.SecurityDisabled):
		return "the brokers have no authorizer: set authorizer.class.name"
	case errors.Is(code, kerr.TopicDeletionDisabled):
		return "set delete.topic.enable to true on the brokers"
	case errors.Is(code, kerr.PolicyViolation):
		return "a policy of the brokers forbids it"
	case errors.Is(code, kerr.UnsupportedVersion):
		return "this Kafka can not do it"
	case errors.Is(code, kerr.UnknownTopicOrPartition):
		return "there is no such topic or partition"
	case errors.Is(code, kerr.PreferredLeaderNotAvailable):
		return "the preferred leader is not live or not in sync"
	case errors.Is(code, kerr.RequestTimedOut), errors.Is(code, kerr.NotController),
		errors.Is(code, kerr.ThrottlingQuotaExceeded):
		return "Kafka could not do it now; it is tried again"
	}
	return ""
}

// Unwrap returns Kafka's error code.
func (r *refusal) Unwrap() error { return r.code }
