package simulator

import _ "github.com/cockroachdb/datadriven"
