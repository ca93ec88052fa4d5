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

	"github.com/kompositor/kompositor/sync"
)

// because says in a clause what a refusal means.
func because(failure sync.Failure) string {
	return map[sync.Failure]string{
		sync.FailureNoWindows:       "it has not enough metrics yet",
		sync.FailureLoading:         "it is still loading its samples",
		sync.FailureOngoing:         "another execution is under way",
		sync.FailureAtCapacity:      "it has as many tasks as it takes, and questions are tasks too (max.active.user.tasks)",
		sync.FailureHardGoal:        "a hard goal can not be met",
		sync.FailureGoalsMissing:    "the goals lack hard goals",
		sync.FailureUnknownBroker:   "it does not know a broker",
		sync.FailureUnknownTopic:    "it does not know the topic",
		sync.FailureUnknownCapacity: "it does not know the capacity of a broker",
		sync.FailureUnknownLogDir:   "it does not know a log directory, or has no room on the others",
		sync.FailureNothingToDo:     "there is nothing to do",
		sync.FailureBadRequest:      "it does not take a parameter",
		sync.FailureNoEndpoint:      "this version does not have the endpoint",
		sync.FailureLogin:           "it refuses the login",
		sync.FailureConfiguration:   "its configuration does not allow it",
	}[failure]
}

// refusal is Cruise Control's no, with what it means.
func refusal(failure sync.Failure, status int, text string) *sync.FailureError {
	said := "Cruise Control refuses: " + text
	if why := because(failure); why != "" {
		said = fmt.Sprintf("Cruise Control refuses, because %s: %s", why, text)
	}
	return &sync.FailureError{Failure: failure, Status: status, Text: said}
}

// meanings are the texts by which refusals are told apart, the first that is found.
func meanings() []struct {
	text    string
	failure sync.Failure
} {
	return []struct {
		text    string
		failure sync.Failure
	}{
		{"NotEnoughValidWindowsException", sync.FailureNoWindows},
		{"valid windows when aggregating", sync.FailureNoWindows},
		{"There is no window available", sync.FailureNoWindows},
		{"load monitor is in LOADING state", sync.FailureLoading},
		{"ongoing execution", sync.FailureOngoing},
		{"Cannot generate proposals while the executor is in", sync.FailureOngoing},
		{"OngoingExecutionException", sync.FailureOngoing}, // what others move, in Kafka itself, too
		{"ongoing partition reassignments", sync.FailureOngoing},
		{"reached the servlet capacity", sync.FailureAtCapacity},
		{"Missing hard goals", sync.FailureGoalsMissing},
		{"OptimizationFailureException", sync.FailureHardGoal},
		{"Insufficient capacity", sync.FailureHardGoal},
		{"Unable to resolve capacity of broker", sync.FailureUnknownCapacity},
		{"Missing disk capacity information", sync.FailureUnknownCapacity},
		{"Invalid log dirs provided", sync.FailureUnknownLogDir},
		{"No log dir remaining to move replicas to", sync.FailureUnknownLogDir},
		{"Not enough remaining capacity to move replicas to", sync.FailureUnknownLogDir},
		{"Cluster has no offline replica", sync.FailureNothingToDo},
		{"already have target replication factor", sync.FailureNothingToDo},
		{"does not exist", sync.FailureUnknownBroker},
		{"There is no topic in cluster", sync.FailureUnknownTopic},
		{"are not supported. Supported:", sync.FailureBadRequest}, // goals
		{"Unrecognized endpoint parameters", sync.FailureBadRequest},
		{"Unrecognized endpoint in request", sync.FailureNoEndpoint},
	}
}

// meaning is what a refusal means, by its words and else by its status.
func meaning(status int, text, trace string) sync.Failure {
	for _, known := range meanings() {
		if strings.Contains(text, known.text) || strings.Contains(trace, known.text) {
			return known.failure
		}
	}
	switch status {
	case http.StatusUnauthorized:
		return sync.FailureLogin
	case http.StatusForbidden:
		// Cruise Control's own answer to a request that its configuration does not allow; else that of its web server.
		if strings.Contains(text, "Cannot process") {
			return sync.FailureConfiguration
		}
		return sync.FailureLogin
	case http.StatusBadRequest:
		return sync.FailureBadRequest
	case http.StatusNotFound:
		return sync.FailureNoEndpoint
	}
	return sync.FailureOther
}

// refused reads an answer that is neither 200 nor 202.
func refused(endpoint string, status int, body []byte) *sync.FailureError {
	text, trace := messageOf(body)
	failure := meaning(status, text, trace)
	if text == "" {
		text = fmt.Sprintf("%s answered %d %s", endpoint, status, http.StatusText(status))
	}
	return refusal(failure, status, bounded(text))
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

// unanswered is a request that may have arrived.
func unanswered(text string) error {
	return &sync.FailureError{Failure: sync.FailureUnanswered, Text: text}
}

// unreachable says in words that a user can act on why Cruise Control did not answer, and whether the request may have
// arrived all the same. A URL is not repeated: its query is long and says nothing of the cause.
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
		return unanswered(host + " did not answer in time")
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause // less the URL
	}
	return unanswered(fmt.Sprintf("%s: %s", host, err))
}
