package measure

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Program is the spamreport to measure: the one that is named, or one built
// into dir from this tree, as a release is.
func Program(ctx context.Context, named, dir string) (string, error) {
	if named != "" {
		return named, nil
	}
	path := filepath.Join(dir, "spamreport")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./cmd/spamreport")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build spamreport (run this in the folder of the project): %w\n%s", err, out)
	}
	return path, nil
}
