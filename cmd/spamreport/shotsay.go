package main

import (
	"fmt"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/pipeline"
)

// unreadable says what is wrong with an input; the others go on.
func (s *shot) unreadable(name string, err error) error {
	if !tooFew(err) {
		s.failed++
	}
	s.complain(err)
	if !s.json {
		return nil
	}
	return contract.Write(s.stdout, contract.Report{
		File: name, Contacts: []contract.Contact{}, Network: contract.Network{CIDR: []string{}},
		Action: string(complaint.Skipped), Why: err.Error(),
	})
}

// show prints what is known of a message, and each complaint about it.
func (s *shot) show(c pipeline.Case) {
	out := s.printer()
	out.Title("%s  %s", c.Message.Name, c.Incident.Verdict.MessageID)
	if len(c.Incident.Verdict.Hops) > 0 {
		out.Walk(c.Incident.Verdict)
	}
	if c.Incident.Lookup.Query != "" {
		out.Lookup(c.Incident.Lookup)
	}
	if c.Complaint != nil {
		out.Complaint(c.Complaint)
	}
	if s.verbose {
		for _, left := range c.Left {
			out.LeftOut(left.Kind.String(), left.Why)
		}
	}
	for _, other := range c.Others {
		if other.Complaint != nil {
			out.Title("Also about the %s", aboutWhat(other))
			out.Lookup(other.Incident.Lookup)
			out.Complaint(other.Complaint)
		}
	}
}

// tell says what became of each case.
func (s *shot) tell(c pipeline.Case) {
	for i, of := range c.All() {
		why := of.Why
		if i > 0 {
			why = aboutWhat(of) + ": " + why
		}
		if !s.quiet {
			s.printer().Outcome(of.Action, why)
		}
		if of.Action == complaint.Deferred || i == 0 && of.Action == complaint.Skipped {
			s.complain(fmt.Errorf("%s: %s: %s", c.Message.Name, of.Action, why))
		}
	}
	if !s.quiet {
		s.say("")
	}
}
