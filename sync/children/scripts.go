package children

import _ "embed" // for the scripts

// The scripts of the kafka container, and the one of Cruise Control. They need bash, coreutils and what is in every
// image of Kafka.
var (
	//go:embed scripts/start.sh
	startScript string
	//go:embed scripts/stop.sh
	stopScript string
	//go:embed scripts/check.sh
	checkScript string
	//go:embed scripts/stopcruisecontrol.sh
	stopCruiseControlScript string
)
