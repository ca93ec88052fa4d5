package cruisecontrol

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	gosync "sync"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// longestAnswer bounds what is read of an answer, bytes. The largest is that of user_tasks with the answers of tasks.
const longestAnswer = 32 << 20

// taskHeader carries the id of the user task that a request started or asked for.
// Source: Cruise Control, UserTaskManager.USER_TASK_HEADER_NAME.
const taskHeader = "User-Task-ID"

// answer is what Cruise Control answered with status 200 or 202.
type answer struct {
	status int
	// task is the id of the user task, empty where there is none.
	task string
	body []byte
}

// pending says that the answer is still being computed: what was read is its progress, not the answer.
func (a *answer) pending() bool { return a.status == http.StatusAccepted }

// client calls one Cruise Control.
type client struct {
	http       *http.Client
	connection *sync.CruiseControlConnection
	// task, where it is not empty, says in every request which task's answer is wanted.
	task string
}

// call sends one request. Every parameter stands in the query, as Cruise Control reads them; json asks for an answer
// that is not text for people.
func (c *client) call(ctx context.Context, method, endpoint string, query url.Values) (*answer, error) {
	query.Set("json", "true")
	address := strings.TrimSuffix(c.connection.URL, "/") + "/" + endpoint + "?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("%s is no address of a Cruise Control: check cruiseControlEndpoint", c.connection.URL)
	}
	request.Header.Set("Accept", "application/json") // or the web server refuses a login with a page
	if len(c.connection.Username) > 0 {
		request.SetBasicAuth(c.connection.Username.Reveal(), c.connection.Password.Reveal())
	}
	if c.task != "" {
		request.Header[taskHeader] = []string{c.task} // as Cruise Control writes it
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unreachable(ctx, request.URL.Host, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	switch {
	case err != nil:
		return nil, unreachable(ctx, request.URL.Host, err)
	case len(body) > longestAnswer:
		return nil, fmt.Errorf("the answer of %s is longer than %d bytes", endpoint, longestAnswer)
	case response.StatusCode != http.StatusOK && response.StatusCode != http.StatusAccepted:
		return nil, refused(endpoint, response.StatusCode, body)
	}
	return &answer{status: response.StatusCode, task: response.Header.Get(taskHeader), body: body}, nil
}

// read gets an endpoint's answer as JSON. An answer that is still being computed is none.
func (c *client) read(ctx context.Context, endpoint string, query url.Values, into any) error {
	got, err := c.call(ctx, http.MethodGet, endpoint, query)
	if err != nil {
		return err
	}
	if got.pending() {
		return fmt.Errorf("Cruise Control is still computing its %s", endpoint) //nolint:staticcheck // a name begins it
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		return fmt.Errorf("the answer of %s is not the JSON of Cruise Control: %w", endpoint, err)
	}
	return nil
}

// dialTimeout is short: the next hook call is a better retry than a longer wait.
const dialTimeout = 2 * time.Second

// clients keeps one HTTP client for each CA that is trusted, so that connections are used again.
type clients struct {
	mutex gosync.Mutex
	byCA  map[[sha256.Size]byte]*http.Client
}

// mostCAs bounds how many are kept; a Kubernetes cluster has few.
const mostCAs = 64

func (c *clients) of(connection *sync.CruiseControlConnection) (*client, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	key := sha256.Sum256(connection.CA)
	known := c.byCA[key]
	if known == nil {
		config := &tls.Config{MinVersion: tls.VersionTLS12}
		if len(connection.CA) > 0 {
			config.RootCAs = x509.NewCertPool()
			if !config.RootCAs.AppendCertsFromPEM(connection.CA) {
				return nil, errors.New("the CA for Cruise Control holds no PEM certificate")
			}
		}
		if len(c.byCA) >= mostCAs {
			c.drop()
		}
		known = &http.Client{Transport: &http.Transport{
			TLSClientConfig: config, TLSHandshakeTimeout: dialTimeout, IdleConnTimeout: time.Minute,
			MaxIdleConnsPerHost: 2, ForceAttemptHTTP2: true,
		}}
		if c.byCA == nil {
			c.byCA = make(map[[sha256.Size]byte]*http.Client)
		}
		c.byCA[key] = known
	}
	return &client{http: known, connection: connection}, nil
}

// drop forgets all clients. Requests under way end by themselves.
func (c *clients) drop() {
	for key, known := range c.byCA {
		known.CloseIdleConnections()
		delete(c.byCA, key)
	}
}
