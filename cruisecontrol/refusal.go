package cruisecontrol

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// RefusalError is Cruise Control's no, with what it means.
type RefusalError struct {
	Kind   Kind
	Status int
	// Text is Cruise Control's own message.
	Text string
}

// Kind is what a refusal means. Cruise Control answers nearly all of them with status 500, so that only its words tell
// them apart. Source: docs/cruisecontrol.md lists where each text comes from.
type Kind string

// The kinds of refusal.
const (
	NotEnoughWindows Kind = "it has not enough metrics yet"
	Loading          Kind = "it is still loading its samples"
	OngoingExecution Kind = "another execution is under way"
	AtCapacity       Kind = "it has as many tasks as it takes, and questions are tasks too (max.active.user.tasks)"
	HardGoal         Kind = "a hard goal can not be met"
	MissingHardGoals Kind = "the goals lack hard goals"
	UnknownBroker    Kind = "it does not know a broker"
	UnknownTopic     Kind = "it does not know the topic"
	UnknownCapacity  Kind = "it does not know the capacity of a broker"
	UnknownLogDir    Kind = "it does not know a log directory, or has no room on the others"
	NothingToDo      Kind = "there is nothing to do"
	BadParameter     Kind = "it does not take a parameter"
	NoEndpoint       Kind = "this version does not have the endpoint"
	NotAuthorized    Kind = "it refuses the login"
	OtherRefusal     Kind = "it says so"
)

// Error says what the refusal means, and in which words it came.
func (r *RefusalError) Error() string {
	if r.Kind == OtherRefusal {
		return "Cruise Control refuses: " + r.Text
	}
	return fmt.Sprintf("Cruise Control refuses, because %s: %s", r.Kind, r.Text)
}

// meanings are the texts by which refusals are told apart, the first that is found.
func meanings() []struct {
	text string
	kind Kind
} {
	return []struct {
		text string
		kind Kind
	}{
		{"NotEnoughValidWindowsException", NotEnoughWindows},
		{"valid windows when aggregating", NotEnoughWindows},
		{"There is no window available", NotEnoughWindows},
		{"load monitor is in LOADING state", Loading},
		{"ongoing execution", OngoingExecution},
		{"Cannot generate proposals while the executor is in", OngoingExecution},
		{"OngoingExecutionException", OngoingExecution}, // what others move, in Kafka itself, too
		{"ongoing partition reassignments", OngoingExecution},
		{"reached the servlet capacity", AtCapacity},
		{"Missing hard goals", MissingHardGoals},
		{"OptimizationFailureException", HardGoal},
		{"Insufficient capacity", HardGoal},
		{"Unable to resolve capacity of broker", UnknownCapacity},
		{"Missing disk capacity information", UnknownCapacity},
		{"Invalid log dirs provided", UnknownLogDir},
		{"No log dir remaining to move replicas to", UnknownLogDir},
		{"Not enough remaining capacity to move replicas to", UnknownLogDir},
		{"Cluster has no offline replica", NothingToDo},
		{"already have target replication factor", NothingToDo},
		{"does not exist", UnknownBroker},
		{"There is no topic in cluster", UnknownTopic},
		{"are not supported. Supported:", BadParameter}, // goals
		{"Unrecognized endpoint parameters", BadParameter},
		{"Unrecognized endpoint in request", NoEndpoint},
	}
}

// refused reads an answer that is neither 200 nor 202.
func refused(endpoint string, status int, body []byte) error {
	text, trace := messageOf(body)
	refusal := &RefusalError{Kind: OtherRefusal, Status: status, Text: bounded(text)}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		refusal.Kind = NotAuthorized
	case http.StatusBadRequest:
		refusal.Kind = BadParameter
	case http.StatusNotFound:
		refusal.Kind = NoEndpoint
	}
	for _, meaning := range meanings() {
		if strings.Contains(text, meaning.text) || strings.Contains(trace, meaning.text) {
			refusal.Kind = meaning.kind
			break
		}
	}
	if refusal.Text == "" {
		refusal.Text = fmt.Sprintf("%s answered %d %s", endpoint, status, http.StatusText(status))
	}
	return refusal
}

// messageOf finds the message in an error's body: Cruise Control's own JSON, or that of the web server before it.
func messageOf(body []byte) (message, trace string) {
	var known struct {
		ErrorMessage string `json:"errorMessage"`
		StackTrace   string `json:"stackTrace"`
		Message      string `json:"message"`
	}
	if json.Unmarshal(body, &known) != nil {
		return strings.TrimSpace(string(body)), ""
	}
	if known.ErrorMessage == "" {
		return known.Message, known.StackTrace
	}
	return known.ErrorMessage, known.StackTrace
}

// longestText bounds how much of a message is repeated, bytes.
const longestText = 1024

func bounded(text string) string {
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "") + "..."
	}
	return text
}

// unreachable says in words that a user can act on why Cruise Control did not answer. A URL is not repeated: its query
// is long and says nothing of the cause.
func unreachable(ctx context.Context, host string, err error) error {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
	)
	switch {
	case errors.As(err, &dns):
		return fmt.Errorf("the name %s does not resolve: check that Cruise Control's Service exists", dns.Name)
	case errors.As(err, &authority):
		return fmt.Errorf("%s shows a certificate of an unknown CA", host)
	case errors.As(err, &hostname):
		return fmt.Errorf("the certificate of %s is not accepted: %w", host, hostname)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s refuses connections: Cruise Control does not listen there", host)
	case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
		return fmt.Errorf("%s did not answer in time", host)
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause // less the URL
	}
	return fmt.Errorf("%s: %w", host, err)
}
