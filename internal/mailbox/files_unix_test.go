//go:build unix

package mailbox

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.eml": letter})
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{pipe: 1, "/dev/zero": 1, dir: 2} {
		items := 0
		for _, err := range Open(t.Context(), path, FileOptions{}) {
			if items++; err != nil && !errors.Is(err, ErrNotRegular) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if items != want {
			t.Errorf("%s: %d items", path, items)
		}
	}
}
