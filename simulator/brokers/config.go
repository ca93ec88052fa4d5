package brokers

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// config is a broker's configuration as Kafka reads it.
type config struct {
	values     map[string]string
	id         int32
	broker     bool
	controller bool
	zooKeeper  bool
	listeners  []listener
	advertised []listener
	// controllerNames are the names of the controller listeners.
	controllerNames []string
	// voters are the static quorum, id to address; nil for a dynamic one.
	voters map[int32]string
	// bootstrap are the addresses of a dynamic quorum.
	bootstrap []string
	// dirs are log.dirs, in their order.
	dirs []logDir
}

// listener is one entry of listeners or advertised.listeners.
type listener struct {
	name, host string
	port       int
}

// configFile is the name under which the configuration is mounted.
const configFile = "broker-config"

// readConfig reads and checks the configuration in a Pod's mounts. Its error is what Kafka would end with.
func readConfig(run kubelet.Run) (*config, error) {
	c, err := readMounted(run)
	if err != nil {
		return nil, err
	}
	return c, c.readSecurity(run)
}

// readMounted is readConfig without what concerns mounted key stores.
func readMounted(run kubelet.Run) (*config, error) {
	var text string
	found := false
	for _, files := range run.Files {
		if content, ok := files[configFile]; ok {
			text, found = content, true
		}
	}
	if !found {
		return nil, fmt.Errorf("no %s is mounted", configFile)
	}
	text, err := environment(run.Pod, text)
	if err != nil {
		return nil, err
	}
	c := &config{values: properties(text)}
	for _, check := range []func(kubelet.Run) error{
		c.readNumbers, c.readIdentity, c.readListeners, c.readQuorum, c.readDirs,
	} {
		if err := check(run); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// environment replaces ${env:NAME} as Kafka's EnvVarConfigProvider does.
func environment(pod apiserver.Object, text string) (string, error) {
	if !strings.Contains(text, "${env:") {
		return text, nil
	}
	if !strings.Contains(text, "EnvVarConfigProvider") {
		return "", fmt.Errorf("${env:...} is used and config.providers has no EnvVarConfigProvider")
	}
	for _, container := range apiserver.List(pod, "spec", "containers") {
		for _, variable := range apiserver.List(container, "env") {
			value := apiserver.String(variable, "value")
			if path := apiserver.String(variable, "valueFrom", "fieldRef", "fieldPath"); path != "" {
				value = apiserver.String(pod, strings.Split(path, ".")...)
			}
			text = strings.ReplaceAll(text, "${env:"+apiserver.String(variable, "name")+"}", value)
		}
	}
	return text, nil
}

// variable returns one of the environment variables of a Pod's containers.
func variable(pod apiserver.Object, name string) string {
	for _, container := range apiserver.List(pod, "spec", "containers") {
		for _, variable := range apiserver.List(container, "env") {
			if apiserver.String(variable, "name") == name {
				return apiserver.String(variable, "value")
			}
		}
	}
	return ""
}

// properties reads Java's .properties text, without its escapes of other than line ends and separators.
func properties(text string) map[string]string {
	values := map[string]string{}
	text = strings.ReplaceAll(text, "\\\n", "")
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		unescaped := strings.NewReplacer(`\:`, ":", `\=`, "=", `\\`, `\`).Replace(strings.TrimSpace(value))
		values[strings.TrimSpace(key)] = unescaped
	}
	return values
}

// list splits a comma-separated value.
func list(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// readNumbers checks the sizes of thread pools, as an example of values that Kafka ends over.
func (c *config) readNumbers(kubelet.Run) error {
	for _, key := range []string{"background.threads", "num.io.threads", "num.network.threads"} {
		value := c.values[key]
		if _, err := strconv.ParseInt(value, 10, 32); err != nil && value != "" {
			return fmt.Errorf("ConfigException: Invalid value %s for configuration %s: Not a number of type INT", value, key)
		}
	}
	return nil
}

func (c *config) readIdentity(run kubelet.Run) error {
	c.zooKeeper = c.values["zookeeper.connect"] != ""
	key := "node.id"
	if c.zooKeeper && c.values[key] == "" {
		key = "broker.id"
	}
	id, err := strconv.ParseInt(c.values[key], 10, 32)
	if err != nil || id < 0 {
		return fmt.Errorf("%s is %q: Kafka needs a whole number of at least 0", key, c.values[key])
	}
	c.id = int32(id)
	if broker := identity.Broker(run.Pod); broker != strconv.Itoa(int(id)) {
		return fmt.Errorf("%s is %d in the Pod of broker %q", key, id, broker)
	}
	if c.zooKeeper {
		c.broker = true
		return nil
	}
	for _, role := range list(c.values["process.roles"]) {
		switch role {
		case "broker":
			c.broker = true
		case "controller":
			c.controller = true
		default:
			return fmt.Errorf("process.roles: %q is no role", role)
		}
	}
	if !c.broker && !c.controller {
		return fmt.Errorf("process.roles is empty and there is no zookeeper.connect")
	}
	return nil
}

// protocols are the names that the default of listener.security.protocol.map knows.
func (c *config) protocol(name string) string {
	if c.values["listener.security.protocol.map"] == "" {
		return name
	}
	for _, item := range list(c.values["listener.security.protocol.map"]) {
		if key, protocol, _ := strings.Cut(item, ":"); key == name {
			return protocol
		}
	}
	return ""
}

func (c *config) readListeners(kubelet.Run) error {
	var err error
	if c.listeners, err = readListeners("listeners", c.values["listeners"]); err != nil {
		return err
	}
	if c.advertised, err = readListeners("advertised.listeners", c.values["advertised.listeners"]); err != nil {
		return err
	}
	if len(c.listeners) == 0 {
		return fmt.Errorf("listeners is empty")
	}
	c.controllerNames = list(c.values["controller.listener.names"])
	ports := map[int]string{}
	for _, l := range c.listeners {
		if ports[l.port] != "" {
			return fmt.Errorf("listeners %s and %s have the same port %d", ports[l.port], l.name, l.port)
		}
		ports[l.port] = l.name
	}
	for _, l := range slices.Concat(c.listeners, c.advertised) {
		if !slices.Contains([]string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}, c.protocol(l.name)) {
			return fmt.Errorf("listener.security.protocol.map knows no protocol of listener %s", l.name)
		}
	}
	for _, l := range c.advertised {
		if l.host == "" || l.host == "0.0.0.0" || !c.listens(l.name) {
			return fmt.Errorf("advertised.listeners: %s has no address that clients can use, or is not among listeners", l.name)
		}
	}
	inner := c.values["inter.broker.listener.name"]
	if c.broker && inner != "" && !c.listens(inner) {
		return fmt.Errorf("inter.broker.listener.name %s is not among listeners", inner)
	}
	if c.broker && inner != "" && slices.Contains(c.controllerNames, inner) {
		return fmt.Errorf("inter.broker.listener.name %s is a controller listener", inner)
	}
	return nil
}

func readListeners(key, value string) ([]listener, error) {
	var result []listener
	for _, item := range list(value) {
		name, address, ok := strings.Cut(item, "://")
		host, port, err := net.SplitHostPort(address)
		number, numberErr := strconv.Atoi(port)
		if !ok || err != nil || numberErr != nil || number < 1 || number > 65535 {
			return nil, fmt.Errorf("%s: %q is not NAME://host:port", key, item)
		}
		for _, other := range result {
			if other.name == name {
				return nil, fmt.Errorf("%s: %s is there twice", key, name)
			}
		}
		result = append(result, listener{name: name, host: host, port: number})
	}
	return result, nil
}

// listens says that a listener of that name is among listeners.
func (c *config) listens(name string) bool {
	return slices.ContainsFunc(c.listeners, func(l listener) bool { return l.name == name })
}

// readQuorum checks what concerns KRaft.
func (c *config) readQuorum(kubelet.Run) error {
	if c.zooKeeper {
		return nil
	}
	if len(c.controllerNames) == 0 {
		return fmt.Errorf("controller.listener.names must not be empty in KRaft mode")
	}
	for _, name := range c.controllerNames {
		if c.listens(name) != c.controller {
			return fmt.Errorf("controller listener %s must be among listeners of controllers, and of no others", name)
		}
		for _, l := range c.advertised {
			if l.name == name && c.values["controller.quorum.voters"] != "" {
				return fmt.Errorf("advertised.listeners must not have the controller listener %s", name)
			}
		}
	}
	return c.readVoters()
}

// readVoters reads who has a vote, of a static quorum, or who knows, of a dynamic one.
func (c *config) readVoters() error {
	c.bootstrap = list(c.values["controller.quorum.bootstrap.servers"])
	for _, item := range list(c.values["controller.quorum.voters"]) {
		text, address, _ := strings.Cut(item, "@")
		id, err := strconv.ParseInt(text, 10, 32)
		if _, _, splitErr := net.SplitHostPort(address); err != nil || splitErr != nil {
			return fmt.Errorf("controller.quorum.voters: %q is not id@host:port", item)
		}
		if c.voters == nil {
			c.voters = map[int32]string{}
		}
		c.voters[int32(id)] = address
	}
	if len(c.voters) == 0 && len(c.bootstrap) == 0 {
		return fmt.Errorf("neither controller.quorum.voters nor controller.quorum.bootstrap.servers is set")
	}
	_, voter := c.voters[c.id]
	if len(c.voters) > 0 && voter != c.controller {
		return fmt.Errorf("node.id %d must be in controller.quorum.voters exactly if it has the controller role", c.id)
	}
	return nil
}

// readDirs finds the volumes behind log.dirs.
func (c *config) readDirs(run kubelet.Run) error {
	dirs := list(c.values["log.dirs"])
	if len(dirs) == 0 {
		dirs = list(c.values["log.dir"])
	}
	if len(dirs) == 0 {
		return fmt.Errorf("log.dirs is empty: Kafka would write to its image")
	}
	for _, dir := range dirs {
		mounted := false
		for _, container := range apiserver.List(run.Pod, "spec", "containers") {
			for _, mount := range apiserver.List(container, "volumeMounts") {
				path := strings.TrimSuffix(apiserver.String(mount, "mountPath"), "/")
				if dir == path || strings.HasPrefix(dir, path+"/") {
					mounted = true
					c.dirs = append(c.dirs, newLogDir(dir, run.Claims[path], run.Pod))
				}
			}
		}
		if !mounted {
			return fmt.Errorf("log.dirs: %s is on no volume of the Pod", dir)
		}
	}
	return nil
}

// readSecurity checks that the listeners that encrypt have key stores, and that every file that is named is mounted.
func (c *config) readSecurity(run kubelet.Run) error {
	for _, l := range c.listeners {
		if !strings.HasSuffix(c.protocol(l.name), "SSL") {
			continue
		}
		prefix := "listener.name." + strings.ToLower(l.name) + "."
		found := false
		for _, key := range []string{"ssl.keystore.location", "ssl.keystore.certificate.chain"} {
			found = found || c.values[prefix+key] != "" || c.values[key] != ""
		}
		if !found {
			return fmt.Errorf("listener %s is %s and has no key store", l.name, c.protocol(l.name))
		}
	}
	for key, path := range c.values {
		if !strings.HasSuffix(key, "store.location") || !strings.HasPrefix(path, "/") {
			continue
		}
		cut := strings.LastIndex(path, "/")
		if _, ok := run.Files[path[:cut]][path[cut+1:]]; !ok {
			return fmt.Errorf("%s: %s is not mounted", key, path)
		}
	}
	return nil
}
