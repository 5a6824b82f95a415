package main

import (
	"context"
	"fmt"
	"strings"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
)

// shot is one run over files.
type shot struct {
	*app
	parts  *parts
	stages *pipeline.Stages
	files  []string
	single bool
	person person
	allow  func(context.Context, pipeline.Case) (bool, error) // nil: a dry run

	reported, repeated, deferred, failed int
}

func (s *shot) run(ctx context.Context) error {
	for m, err := range s.messages(ctx, s.files, s.single) {
		if err != nil && ctx.Err() != nil {
			return err
		}
		if err != nil {
			if err := s.unreadable(m.Name, err); err != nil {
				return err
			}
			continue
		}
		if err := s.message(ctx, m); err != nil {
			return err
		}
	}
	if s.allow == nil && !s.json && s.reported > 0 {
		s.say("This was a dry run: nothing was sent. Add --yes to send, or run it on a terminal to be asked.")
	}
	return s.finish(ctx)
}

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

func (s *shot) message(ctx context.Context, m mailbox.Message) error {
	c, err := s.stages.Examine(ctx, m)
	if err != nil {
		return err
	}
	if !s.json && !s.quiet {
		s.show(c)
	}
	if c, err = s.decide(ctx, c); err != nil {
		return err
	}
	switch c.Action {
	case complaint.WouldSend, complaint.Sent:
		s.reported++
	case complaint.Duplicate, complaint.Merged:
		s.repeated++
	case complaint.Deferred:
		s.deferred++
	}
	if s.json {
		return contract.Write(s.stdout, contract.NewReport(m.Name, c.Incident.Verdict, c.Incident.Lookup, c.Complaint, c.Action, c.Why))
	}
	if !s.quiet {
		s.printer().Outcome(c.Action, c.Why)
		s.say("")
	}
	if c.Action == complaint.Skipped || c.Action == complaint.Deferred {
		s.complain(fmt.Errorf("%s: %s: %s", m.Name, c.Action, c.Why))
	}
	return nil
}

// decide gets the yes, if there is anything to send, and puts the outcome on
// disk. A dry run does neither; a no is not remembered, so that the same file
// can be given again.
func (s *shot) decide(ctx context.Context, c pipeline.Case) (pipeline.Case, error) {
	if s.allow == nil || c.Action == complaint.Deferred {
		return c, nil
	}
	if c.Action == complaint.WouldSend {
		yes, err := s.allow(ctx, c)
		if err != nil {
			return c, err
		}
		if !yes {
			c.Action, c.Why = complaint.Skipped, "you said no; nothing was sent"
			return c, nil
		}
		if err := s.parts.identity().Validate(); err != nil {
			return c, err
		}
	}
	return s.stages.Settle(ctx, c, true)
}

func (s *shot) ask(ctx context.Context, c pipeline.Case) (bool, error) {
	return s.person.agrees(ctx, "Send this complaint to "+strings.Join(c.Complaint.To, ", ")+"? [y/N] ")
}

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
}

// finish delivers what was queued and sums up in the exit status.
func (s *shot) finish(ctx context.Context) error {
	if s.allow != nil && s.reported > 0 {
		if err := s.deliver(ctx, s.parts); err != nil {
			return err
		}
	}
	switch {
	case s.failed > 0:
		return &statusError{code: exitFailed}
	case s.deferred > 0:
		return &statusError{code: exitTemporary}
	case s.reported+s.repeated == 0:
		return &statusError{code: exitNothing}
	}
	return nil
}
