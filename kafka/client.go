package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kompositor/kompositor/sync"
)

// clientID is how Kafka's logs and quotas know us.
const clientID = "kompositor"

// client holds the connections to one cluster with one credential.
type client struct {
	bootstrap []string
	narrow    *kgo.Client
	// forward is for what a broker passes on to the controller: Kafka answers the requests of a connection one after the
	// other, and while a controller hangs nothing else is to wait for it.
	forward *kgo.Client
	rdkafka *librdkafka
	// Of one call: who answers what any broker can answer, and how the client is given back.
	via     *kgo.Broker
	release func()
}

// connect makes the clients. Neither of them dials yet.
func connect(connection *sync.KafkaConnection) (*client, error) {
	if len(connection.Bootstrap) == 0 {
		return nil, errors.New("the cluster has no listener that an administrator may use: mark one with " +
			"usedForInnerBrokerCommunication or usedForKafkaAdminCommunication")
	}
	narrow, err := narrowClient(connection)
	if err != nil {
		return nil, err
	}
	forward, err := narrowClient(connection)
	if err != nil {
		narrow.Close()
		return nil, err
	}
	return &client{
		bootstrap: connection.Bootstrap, narrow: narrow, forward: forward,
		rdkafka: &librdkafka{config: adminConfig(connection)},
	}, nil
}

func (c *client) close() {
	c.narrow.Close()
	c.forward.Close()
	c.rdkafka.close()
}

// Connections give up early: the next hook call is a better retry than a longer wait.
const (
	dialTimeout    = 1500 * time.Millisecond
	requestTimeout = 2500 * time.Millisecond
	// brokerTimeout is what one broker gets to answer for itself: it may be down, and the others' answers are due.
	brokerTimeout = 2 * time.Second
	// retryAfter is short, because a retry mostly follows a connection that a restarted broker has closed.
	retryAfter = 50 * time.Millisecond
	retries    = 2
)

func narrowClient(connection *sync.KafkaConnection) (*kgo.Client, error) {
	var security *tls.Config
	if usesTLS(connection.Protocol) {
		config, err := tlsConfig(connection)
		if err != nil {
			return nil, err
		}
		security = config
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(connection.Bootstrap...), kgo.ClientID(clientID), kgo.Dialer(dialer(security)),
		kgo.RequestTimeoutOverhead(requestTimeout), kgo.RetryTimeout(requestTimeout), kgo.RequestRetries(retries),
		kgo.RetryBackoffFn(func(int) time.Duration { return retryAfter }),
		kgo.MetadataMinAge(100 * time.Millisecond), kgo.DisableClientMetrics(),
	}
	if usesSASL(connection.Protocol) {
		mechanism, err := saslMechanism(connection)
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.SASL(mechanism))
	}
	return kgo.NewClient(options...)
}

func usesTLS(protocol string) bool  { return strings.HasSuffix(protocol, "SSL") }
func usesSASL(protocol string) bool { return strings.HasPrefix(protocol, "SASL_") }

func tlsConfig(connection *sync.KafkaConnection) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(connection.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(connection.CA) {
			return nil, errors.New("the CA of the cluster's client Secret holds no PEM certificate: check its key ca.crt")
		}
	}
	if len(connection.Certificate) > 0 {
		pair, err := tls.X509KeyPair(connection.Certificate, connection.Key)
		if err != nil {
			return nil, errors.New("the certificate and key of the cluster's client Secret do not fit: check its keys " +
				"tls.crt and tls.key")
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func saslMechanism(connection *sync.KafkaConnection) (sasl.Mechanism, error) {
	user, password := connection.SASLUsername.Reveal(), connection.SASLPassword.Reveal()
	switch connection.SASLMechanism {
	case "PLAIN":
		return plain.Auth{User: user, Pass: password}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scram.Auth{User: user, Pass: password}.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: user, Pass: password}.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("the listener for administrators asks for a login, and no credentials for it are known "+
		"(mechanism %q): mark a listener without SASL with usedForKafkaAdminCommunication", connection.SASLMechanism)
}

func adminConfig(connection *sync.KafkaConnection) *confluent.ConfigMap {
	config := confluent.ConfigMap{
		"bootstrap.servers": strings.Join(connection.Bootstrap, ","), "client.id": clientID,
		"security.protocol":                  connection.Protocol,
		"socket.connection.setup.timeout.ms": int(dialTimeout.Milliseconds()),
		"socket.timeout.ms":                  int(requestTimeout.Milliseconds()),
		// Errors reach us from the narrow client, in better words; librdkafka's own log would go to standard error.
		"log_level": 0,
	}
	set := func(key string, value sync.Confidential) {
		if len(value) > 0 {
			config[key] = value.Reveal()
		}
	}
	set("ssl.ca.pem", connection.CA)
	set("ssl.certificate.pem", connection.Certificate)
	set("ssl.key.pem", connection.Key)
	if usesSASL(connection.Protocol) {
		config["sasl.mechanism"] = connection.SASLMechanism
		set("sasl.username", connection.SASLUsername)
		set("sasl.password", connection.SASLPassword)
	}
	return &config
}
