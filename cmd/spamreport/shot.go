package main

import (
	"context"
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
	progress := s.progress("messages", -1, true)
	defer progress.done()
	for m, err := range s.messages(ctx, s.files, s.single) {
		progress.add()
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
	for _, of := range c.All() {
		switch of.Action {
		case complaint.WouldSend, complaint.Sent:
			s.reported++
		case complaint.Duplicate, complaint.Merged:
			s.repeated++
		case complaint.Deferred:
			s.deferred++
		}
	}
	if s.json {
		return contract.Write(s.stdout, newReport(c))
	}
	s.tell(c)
	return nil
}

// decide gets the yes to each complaint, if there is any to send, and puts the
// outcome on disk. A dry run does neither; a no is not remembered, so that the
// same file can be given again.
func (s *shot) decide(ctx context.Context, c pipeline.Case) (pipeline.Case, error) {
	if s.allow == nil {
		return c, nil
	}
	proposed, allowed := 0, 0
	err := c.Each(func(of *pipeline.Case) error {
		if of.Action != complaint.WouldSend {
			return nil
		}
		proposed++
		yes, err := s.allow(ctx, *of)
		if err == nil && yes {
			allowed++
		} else {
			of.Action, of.Why = complaint.Skipped, "you said no; nothing was sent"
		}
		return err
	})
	switch {
	case err != nil, allowed == 0 && (proposed > 0 || c.Action == complaint.Deferred):
		return c, err
	case allowed > 0:
		if err := s.parts.identity().Validate(); err != nil {
			return c, err
		}
	}
	return s.stages.Settle(ctx, c, true)
}

func (s *shot) ask(ctx context.Context, c pipeline.Case) (bool, error) {
	about := ""
	if c.Incident.About.Kind != complaint.KindSource {
		about = " (" + aboutWhat(c) + ")"
	}
	return s.person.agrees(ctx, "Send this complaint to "+strings.Join(c.Complaint.To, ", ")+about+"? [y/N] ")
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
