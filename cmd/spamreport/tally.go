package main

import (
	"cmp"
	"fmt"
	"strings"
	"sync"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/pipeline"
)

// observe shows the outcome of one message: to scripts always, to people when
// they ask.
func (a *app) observe(c pipeline.Case, dryRun bool) {
	switch {
	case a.json:
		if err := contract.Write(a.stdout, newReport(c)); err != nil {
			a.complain(fmt.Errorf("print the report: %w", err))
		}
	case a.verbose || dryRun:
		a.say("%s: %s: %s", c.Message.Name, c.Action, c.Why)
		for _, other := range c.Others {
			a.say("%s: %s: %s: %s", c.Message.Name, aboutWhat(other), other.Action, other.Why)
		}
	}
}

// tally counts messages by what became of them, and the further complaints.
type tally struct{ messages, further actions }

func (t *tally) add(c pipeline.Case) {
	if t.messages == nil {
		t.messages, t.further = actions{}, actions{}
	}
	t.messages[c.Action]++
	for _, other := range c.Others {
		t.further[other.Action]++
	}
}

func (t tally) String() string {
	if text := t.further.String(); text != "" {
		return t.messages.String() + "; further complaints: " + text
	}
	return cmp.Or(t.messages.String(), "nothing new")
}

type actions map[complaint.Action]int

func (t actions) String() string {
	var parts []string
	for _, action := range []complaint.Action{
		complaint.WouldSend, complaint.Sent, complaint.Held, complaint.Merged, complaint.Duplicate, complaint.Deferred, complaint.Skipped,
	} {
		if n := t[action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, action))
		}
	}
	return strings.Join(parts, ", ")
}

// oneByOne keeps the lines of several folders apart.
func (a *app) oneByOne(observe func(pipeline.Case)) func(pipeline.Case) {
	var mu sync.Mutex
	return func(c pipeline.Case) {
		mu.Lock()
		defer mu.Unlock()
		observe(c)
	}
}
