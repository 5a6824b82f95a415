package doctor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"
)

// Status is how a part does.
type Status string

// The statuses. Only Fail means that something will not work.
const (
	OK   Status = "ok"
	Warn Status = "warn" // works, but worse than it could
	Fail Status = "fail"
	Skip Status = "skip" // could not be told, or does not matter here
)

// Result is what a check found.
type Result struct {
	Name   string // path like identity/spf
	Status Status
	What   string // one line, may quote what servers say
	Do     string // what to do about it; empty when there is nothing
}

// Check examines one part.
type Check struct {
	Name string
	// Run returns at least one result. The name of a result is added to that
	// of the check; most have none.
	Run func(ctx context.Context) []Result
}

// Limits of an examination.
const (
	checkTimeout = 30 * time.Second // of one check
	concurrency  = 8
)

// Examine runs checks side by side and yields their results in the order of
// the checks, each as soon as it and those before it are there.
func Examine(ctx context.Context, checks []Check) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		free := semaphore.NewWeighted(concurrency)
		found := make([]chan []Result, len(checks))
		for i, check := range checks {
			found[i] = make(chan []Result, 1) // nobody may be there to take it
			go func() { found[i] <- check.run(ctx, free) }()
		}
		for _, results := range found {
			for _, r := range <-results {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// run is Run with a time limit, when there is room for it.
func (c Check) run(ctx context.Context, free *semaphore.Weighted) []Result {
	if err := free.Acquire(ctx, 1); err != nil {
		return c.named(one(skip("stopped before it was examined")))
	}
	defer free.Release(1)
	ctx, cancel := context.WithTimeoutCause(ctx, checkTimeout, fmt.Errorf("no answer within %s", checkTimeout))
	defer cancel()
	return c.named(c.Run(ctx))
}

func (c Check) named(results []Result) []Result {
	for i := range results {
		results[i].Name = strings.TrimSuffix(c.Name+"/"+results[i].Name, "/")
	}
	return results
}

// Select returns the checks whose name is one of those given, or lies below
// one: identity is identity/spf and all others of its group. What lies below a
// check (a folder of an account) selects the check. A name that fits nothing
// is an error that lists all names.
func Select(checks []Check, names []string) ([]Check, error) {
	if len(names) == 0 {
		return checks, nil
	}
	var selected []Check
	used := map[string]bool{}
	for _, c := range checks {
		fits := false
		for _, name := range names {
			if below(c.Name, name) || below(name, c.Name) {
				fits, used[name] = true, true
			}
		}
		if fits {
			selected = append(selected, c)
		}
	}
	for _, name := range names {
		if !used[name] {
			return nil, fmt.Errorf("there is no check %q; there are: %s", name, strings.Join(namesOf(checks), ", "))
		}
	}
	return selected, nil
}

func below(name, group string) bool {
	return name == group || strings.HasPrefix(name, strings.TrimSuffix(group, "/")+"/")
}

func namesOf(checks []Check) []string {
	var names []string
	for _, c := range checks {
		names = append(names, c.Name)
	}
	return names
}

func one(r Result) []Result { return []Result{r} }

func ok(format string, args ...any) Result {
	return Result{Status: OK, What: fmt.Sprintf(format, args...)}
}

func skip(format string, args ...any) Result {
	return Result{Status: Skip, What: fmt.Sprintf(format, args...)}
}

// fail and warn say first what to do.
func fail(do, format string, args ...any) Result {
	return Result{Status: Fail, Do: do, What: fmt.Sprintf(format, args...)}
}

func warn(do, format string, args ...any) Result {
	return Result{Status: Warn, Do: do, What: fmt.Sprintf(format, args...)}
}

// ifSure makes a fault a warning where it follows from a guess.
func (r Result) ifSure(sure bool) Result {
	if r.Status == Fail && !sure {
		r.Status = Warn
	}
	return r
}

// faults are errors, and what to do about each.
type faults []struct {
	is error
	do string
}

// advice is what to do about the first that fits; "" when none does.
func (f faults) advice(err error) string {
	for _, row := range f {
		if errors.Is(err, row.is) {
			return row.do
		}
	}
	return ""
}
