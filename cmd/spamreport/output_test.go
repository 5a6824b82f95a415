package main

import (
	"os"
	"sync"
	"testing"
)

// TestOutputRemembersTheFirstFailure also from the goroutine beside the one that
// waits for a person. The race detector watches.
func TestOutputRemembersTheFirstFailure(t *testing.T) {
	gone, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	out := &output{File: gone}
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() { _, _ = out.WriteString("an answer\n") })
	}
	writers.Wait()
	if out.failure() == nil {
		t.Error("nothing failed, although the file is closed")
	}
	if _, err := out.Write(nil); err == nil {
		t.Error("a write into a closed file is no error")
	}
}
