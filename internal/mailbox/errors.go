package mailbox

import (
	"errors"
	"fmt"
	"io/fs"
)

// What can be wrong with a file. Every error of Open wraps one of these or
// the error of the operating system, and names the file.
var (
	ErrEmpty      = errors.New("empty, no message in it")
	ErrNoMessages = errors.New("no messages in this folder")
	ErrNotRegular = errors.New("a device, pipe or socket, not a file (use - to read from standard input)")
	ErrLink       = errors.New("symbolic link that leads out of the folder, not followed (name its target to read it)")
	ErrTooLarge   = errors.New("larger than a message may be")
)

// fileError names the file once: the errors of package os name it as well,
// with the system call in front.
func fileError(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("read %s: %w", name, err)
}
