package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"spamreport/internal/servertest"
)

// smallDisk mounts a file system of a few megabytes, as "16m", for a test.
func smallDisk(t *testing.T, size string) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small file system")
	}
	dir = servertest.TempDir(t)
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small file system here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// takeUp fills a disk but for so many octets, and returns what makes room again.
func takeUp(t *testing.T, dir string, leave int64) (giveBack func()) {
	t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		t.Fatal(err)
	}
	free := int64(stat.Bavail) * int64(stat.Bsize)
	file := filepath.Join(dir, "ballast")
	if err := os.WriteFile(file, make([]byte, max(free-leave, 0)), 0o600); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// TestASweepOnAFullDiskLosesNothing lets the disk get full at some point of a
// sweep: when it begins, while it files, when it records deliveries.
func TestASweepOnAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	n := rounds(t, 3)
	w := newChaosWorld(t, chaosOptions{dir: smallDisk(t, "24m")})
	w.arrive(4)
	w.must("sweep")
	full := 0
	for i := range n {
		w.arrive(20)
		giveBack := takeUp(t, w.dir, int64(i%12)*40_000)
		for range 2 { // and when it is full already
			status, said := w.run("sweep")
			if status == 0 {
				continue
			}
			full++
			if status != exitTemporary || !strings.Contains(said, "disk is full") || strings.Contains(said, "goroutine") {
				t.Errorf("sweep: exit status %d\n%s", status, said)
			}
		}
		giveBack()
		w.must("sweep")
		if cost := w.addsUp(); t.Failed() || cost.repeated > full { // a transaction that could not be recorded
			t.Fatalf("after %d disks that got full: %+v", i+1, cost)
		}
	}
	cost := w.addsUp()
	summary(t, "%d disks, %d sweeps without room, %d messages, %d complaints, %d lost, %d repeated",
		n, full, len(w.spam), cost.complaints, cost.lost, cost.repeated)
	if full < n {
		t.Errorf("the disk got full %d times in %d rounds", full, n)
	}
}
