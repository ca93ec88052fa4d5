package kubelet

import (
	"bytes"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"
)

// What kubelet keeps of the log of a container that has failed.
const (
	lastWordsLines = 80
	lastWordsBytes = 2048
)

// lastWords is the message of a run that has ended: the end of its log, if it has failed and the container asks for
// that. The file that a container may write its message to is not there.
func lastWords(c *corev1.Container, r *process) string {
	if r.code == 0 || c.TerminationMessagePolicy != corev1.TerminationMessageFallbackToLogsOnError {
		return ""
	}
	file, err := os.Open(r.log)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = file.Close() }()
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err.Error()
	}
	text := make([]byte, min(end-r.logFrom, lastWordsBytes))
	if _, err := file.ReadAt(text, end-int64(len(text))); err != nil {
		return err.Error()
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-1-lastWordsLines):], nil))
}
