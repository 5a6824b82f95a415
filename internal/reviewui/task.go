package reviewui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"spamreport/complaint"
)

// deed is what a task does.
type deed int

const (
	approve deed = iota
	drop
	never
	reword
)

// task is something to be done in the ledger.
type task struct {
	deed  deed
	entry complaint.Entry
}

func (t task) run(ctx context.Context, l Ledger) error {
	switch t.deed {
	case approve:
		return l.Approve(ctx, t.entry)
	case drop:
		return l.Drop(ctx, t.entry)
	case never:
		_, err := l.Never(ctx, t.entry.Contact)
		return err
	default:
		return l.Reword(ctx, t.entry)
	}
}

// covers reports whether a task settles a complaint, which then leaves the list.
func (t task) covers(e complaint.Entry) bool {
	switch t.deed {
	case reword:
		return false
	case never:
		return strings.EqualFold(t.entry.Contact, e.Contact)
	}
	return t.entry.Digest == e.Digest
}

// Messages that a command brings back.
type (
	finished struct {
		task task
		err  error
	}
	loaded struct {
		held  []complaint.Entry
		err   error
		ended int // tasks, when it was asked
	}
)

// plan queues tasks behind those under way.
func (m Model) plan(tasks ...task) (Model, tea.Cmd) {
	idle := len(m.tasks) == 0
	if idle {
		m.planned = 0
	}
	m.tasks = append(slices.Clone(m.tasks), tasks...)
	m.planned += len(tasks)
	m.waiting = m.open(m.waiting)
	if idle {
		return m, m.work()
	}
	return m, nil
}

// open are those of the complaints that no task settles.
func (m Model) open(held []complaint.Entry) []complaint.Entry {
	return slices.DeleteFunc(slices.Clone(held), func(e complaint.Entry) bool {
		return slices.ContainsFunc(m.tasks, func(t task) bool { return t.covers(e) })
	})
}

// work is the next thing to do.
func (m Model) work() tea.Cmd {
	switch {
	case len(m.tasks) > 0:
		t, ctx, ledger := m.tasks[0], m.ctx, m.options.Ledger
		return func() tea.Msg { return finished{t, t.run(ctx, ledger)} }
	case m.leaving && !m.editing:
		return tea.Quit
	}
	return nil
}

// idle goes on when something other than a task has ended.
func (m Model) idle() (Model, tea.Cmd) {
	if len(m.tasks) > 0 { // one of them runs
		return m, nil
	}
	return m, m.work()
}

// finish takes note of a task that has ended.
func (m Model) finish(f finished) (Model, tea.Cmd) {
	m.tasks = m.tasks[1:]
	m.ended++
	if f.err != nil {
		m.result.Problems = append(slices.Clone(m.result.Problems), f.err)
		m.stale = true
		m = m.regret(f.err)
	} else {
		m = m.count(f.task)
	}
	if !m.stale || len(m.tasks) > 0 || m.leaving {
		return m, m.work()
	}
	return m.reload()
}

// reload asks the ledger what waits by now.
func (m Model) reload() (Model, tea.Cmd) {
	if len(m.tasks) > 0 {
		m.stale = true // when they are done
		return m, nil
	}
	m.stale = false
	ctx, ledger, ended := m.ctx, m.options.Ledger, m.ended
	return m, func() tea.Msg {
		held, err := ledger.Held(ctx)
		return loaded{held, err, ended}
	}
}

func (m Model) count(t task) Model {
	incident := t.entry.Complaint.Incident
	switch t.deed {
	case approve:
		m.result.Approved++
		return m.told(fmt.Sprintf("%s: queued, goes out when you leave", incident))
	case drop:
		m.result.Dropped++
		return m.told(fmt.Sprintf("%s: dropped", incident))
	case never:
		m.result.Never = append(slices.Clone(m.result.Never), t.entry.Contact)
		return m.told(fmt.Sprintf("%s is never mailed again", t.entry.Contact))
	default:
		m.result.Edited++
		return m.told(fmt.Sprintf("%s: the new text is kept", incident))
	}
}

// told says good news, unless there is bad news that may not have been read.
func (m Model) told(news string) Model {
	if m.bad {
		return m
	}
	return m.say(news)
}

// load shows what waits according to the ledger, unless that has changed
// since.
func (m Model) load(l loaded) (Model, tea.Cmd) {
	switch {
	case l.err != nil:
		return m.regret(l.err), nil
	case l.ended != m.ended || len(m.tasks) > 0:
		return m.reload()
	}
	m.waiting = l.held
	return m, nil
}
