package simulator

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/release"
)

// drawnBy says which release each Pod and each broker's ConfigMap was drawn by.
func (w *World) drawnBy() string {
	var b strings.Builder
	for _, kind := range []string{podKind, "ConfigMap.v1"} {
		for _, o := range w.Server.List(kind) {
			if apiserver.Label(o, brokerLabel) == "" {
				continue
			}
			text := string(w.Server.Encode(o))
			for _, pair := range release.Redrawn() {
				for i, by := range []string{"this", "the next"} {
					if strings.Contains(text, pair[i]) {
						fmt.Fprintf(&b, "%s: drawn by %s release\n", apiserver.KeyOf(o), by)
					}
				}
			}
		}
	}
	return b.String()
}
