package main

import (
	"os"
	"sync"
)

// output is standard output. It remembers the first write that failed: on a
// full disk the answer is lost, and a command that says so nowhere and ends
// with 0 would pass half an answer off as a whole one. Like a file it takes
// writes from several goroutines.
type output struct {
	*os.File // still a terminal, for those who ask

	mu     sync.Mutex
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.File.Write(p)
	return n, o.note(err)
}

func (o *output) WriteString(s string) (int, error) { return o.Write([]byte(s)) }

func (o *output) note(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed == nil {
		o.failed = err
	}
	return err
}

// failure is the error of the first write that failed.
func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}
