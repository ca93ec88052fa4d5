package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// Table draws a cluster as text: a header with its state and conditions, and one line for each broker.
func (w *World) Table() string {
	parent := w.Parent()
	if parent == nil {
		return fmt.Sprintf("second %d: there is no KafkaCluster\n", w.tick)
	}
	var b strings.Builder
	state := apiserver.String(parent, "status", "state")
	if apiserver.Terminating(parent) {
		state = "being deleted"
	}
	fmt.Fprintf(&b, "%s/%s  %s  second %d\n", apiserver.Namespace(parent),
		apiserver.Name(parent), state, w.tick)
	for _, condition := range apiserver.List(parent, "status", "conditions") {
		fmt.Fprintf(&b, "  %-22s %-7s %s\n", apiserver.String(condition, "type"), apiserver.String(condition, "status"),
			orElse(apiserver.String(condition, "message"), apiserver.String(condition, "reason")))
	}
	if cluster := w.Kafka.Cluster(w.parentName()); cluster != nil {
		fmt.Fprintf(&b, "  %-22s live brokers %v, quorum leader %d of voters %v\n", "Kafka", cluster.Live(), cluster.Leader(),
			cluster.Voters())
	}
	b.WriteString("\n")
	rows := [][]string{{"BROKER", "ROLES", "POD", "NODE", "RESTARTS", "VOLUMES", "WAITING FOR"}}
	for _, id := range w.BrokerIDs() {
		rows = append(rows, w.row(id))
	}
	writeColumns(&b, rows)
	return b.String()
}

func (w *World) parentName() string {
	return apiserver.Namespace(w.Parent()) + "/" + apiserver.Name(w.Parent())
}

// BrokerIDs are the ids in the spec and those of Pods and claims that are still there, ascending.
func (w *World) BrokerIDs() []int {
	var ids []int
	for _, broker := range apiserver.List(w.Parent(), "spec", "brokers") {
		ids = append(ids, int(apiserver.Int(broker, "id")))
	}
	for _, kind := range []string{podKind, claimKind} {
		for _, o := range w.Server.List(kind) {
			if id, err := strconv.Atoi(identity.Broker(o)); err == nil && w.ofParent(o) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// row is one broker's line.
func (w *World) row(id int) []string {
	name := strconv.Itoa(id)
	row := []string{name, "", "-", "", "", w.volumesOf(name), w.waitsFor(name)}
	pod, ok := w.PodOf(name)
	if !ok {
		return row
	}
	row[1] = orElse(strings.ReplaceAll(apiserver.Label(pod, "processRoles"), "_", ","), "broker")
	row[2] = short(kubelet.Text(pod))
	row[3] = apiserver.String(pod, "spec", "nodeName")
	for _, status := range apiserver.List(pod, "status", "containerStatuses") {
		row[4] = strconv.FormatInt(apiserver.Int(status, "restartCount"), 10)
	}
	return row
}

// short cuts what stands in parentheses to a word, so that a table keeps its width.
func short(text string) string {
	word, _, cut := strings.Cut(text, " (")
	if cut {
		return word
	}
	return text
}

// volumesOf lists a broker's claims by size and phase.
func (w *World) volumesOf(broker string) string {
	var volumes []string
	for _, claim := range w.Server.List(claimKind) {
		if identity.Broker(claim) != broker || !w.ofParent(claim) {
			continue
		}
		text := apiserver.String(claim, "spec", "resources", "requests", "storage")
		if phase := apiserver.String(claim, "status", "phase"); phase != "Bound" {
			text += " " + phase
		}
		volumes = append(volumes, text)
	}
	return strings.Join(volumes, ", ")
}

// waitsFor is what the cluster's status says of a broker.
func (w *World) waitsFor(broker string) string {
	state := apiserver.Map(w.Parent(), "status", "brokersState", broker)
	for _, field := range []string{"waitingFor", "message"} {
		if text := apiserver.String(state, field); text != "" {
			return text
		}
	}
	if pod, ok := w.PodOf(broker); ok {
		if text := kubelet.Text(pod); text != "Ready" && strings.Contains(text, "(") {
			return strings.TrimSuffix(text[strings.Index(text, "(")+1:], ")")
		}
	}
	return ""
}

func orElse(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// writeColumns pads the columns to their widest cell.
func writeColumns(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		line.WriteString("  ")
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[i], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}
