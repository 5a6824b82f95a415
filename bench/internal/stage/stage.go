// Package stage lets the programs below bench start the servers of the tests.
package stage

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// Stage is what servers are started on where there is no test: it keeps what is
// to be cleaned up, and ends a play that fails.
type Stage struct {
	testing.TB // nothing of it is used
	ctx        context.Context
	cleanups   []func()
	failure    error
}

// New is an empty stage.
func New(ctx context.Context) *Stage { return &Stage{ctx: ctx} }

// Play runs f in a goroutine of its own, since Fatal ends that.
func (s *Stage) Play(f func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
	return s.failure
}

// Close ends the servers.
func (s *Stage) Close() {
	for _, f := range slices.Backward(s.cleanups) {
		f()
	}
	s.cleanups = nil
}

// What the servers use of a test.
func (s *Stage) Helper()                  {}
func (s *Stage) Context() context.Context { return s.ctx }
func (s *Stage) Cleanup(f func())         { s.cleanups = append(s.cleanups, f) }
func (s *Stage) Logf(string, ...any)      {}

// Error and the others make the play a failure.
func (s *Stage) Error(all ...any)                 { s.failure = errors.Join(s.failure, errors.New(fmt.Sprint(all...))) }
func (s *Stage) Errorf(format string, all ...any) { s.Error(fmt.Sprintf(format, all...)) }
func (s *Stage) Skipf(format string, all ...any)  { s.Fatalf(format, all...) }

func (s *Stage) Fatalf(format string, all ...any) { s.Fatal(fmt.Sprintf(format, all...)) }

func (s *Stage) Fatal(all ...any) {
	s.Error(all...)
	runtime.Goexit()
}
