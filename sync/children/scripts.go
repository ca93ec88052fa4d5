package children

import _ "embed" // for the scripts

// The scripts of the kafka container. They need bash, coreutils and what is in every Kafka image.
var (
	//go:embed scripts/start.sh
	startScript string
	//go:embed scripts/stop.sh
	stopScript string
	//go:embed scripts/check.sh
	checkScript string
)
