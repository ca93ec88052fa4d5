package cruisecontrol

// Request is what a task was asked to do. Names of parameters are in lower case.
type Request struct {
	Endpoint   string
	Parameters map[string]string
}

// Dry says that nothing is to be moved. Source: Cruise Control, dryrun defaults to true.
func (r Request) Dry() bool { return r.Parameters["dryrun"] != "false" }

// userRequest is the exception of a request whose parameters are refused; it alone has status 400.
const userRequest = "com.linkedin.kafka.cruisecontrol.servlet.UserRequestException"

// misread says which parameters do not go together. Source: Cruise Control, ParameterUtils.
func (r Request) misread() *RefusalError {
	is := func(name string) bool { return r.Parameters[name] != "" && r.Parameters[name] != "false" }
	refused := func(text string) *RefusalError { return &RefusalError{userRequest, text} }
	switch assigner, disks := is("kafka_assigner"), is("rebalance_disk"); {
	case assigner && disks:
		return refused("Kafka assigner mode and rebalance disk mode cannot be set the at the same time.")
	case assigner && is("goals"):
		return refused("Kafka assigner mode does not support explicitly specifying goals in request.")
	case assigner && (is("exclude_recently_removed_brokers") || is("exclude_recently_demoted_brokers")):
		return refused("Kafka assigner mode does not support excluding brokers.")
	case disks && is("goals"):
		return refused("Rebalance disk mode does not support explicitly specifying goals in request.")
	}
	return nil
}
