package kubelet

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// isolated marks the environment of a process that Isolate has started.
const isolated = "KOMPOSITOR_E2E_ISOLATED"

// Isolate puts this process into network, mount and process namespaces of its own, by starting it again in them; call
// it first in main or TestMain. All that Pods need lives in there: whatever way the process ends, the kernel ends its
// Pods and takes away networks and mounts. Nothing in there reaches any other machine.
func Isolate() error {
	if os.Getenv(isolated) != "" {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("these tests make network and mount namespaces for Pods: run them as root")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		return fmt.Errorf("%w: install util-linux", err)
	}
	args := []string{"unshare", "--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--"}
	args = append(args, "sh", "-c", `"$@"; exit $?`, reaper, self)
	return syscall.Exec(unshare, append(args, os.Args[1:]...), append(os.Environ(), isolated+"=true"))
}

// reaper is the name of the first process in there, a shell. What a killed probe leaves behind becomes its child, and
// it reaps it: a container ends only when nothing of it is left.
const reaper = "e2e-reaper"
