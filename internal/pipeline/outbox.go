package pipeline

import (
	"context"
	"fmt"
	"net/netip"

	"spamreport/complaint"
	"spamreport/templates"
)

// maxLines bounds a digest: what does not fit waits for the next one.
const maxLines = 100

// outbox gathers what may go to its contacts again after waiting, a letter
// for each contact. Only one message of a letter is kept whole: hundreds may
// have waited.
type outbox struct {
	letters []*letter
	to      map[string]*letter
}

// letter is one complaint about several messages.
type letter struct {
	lead    Case   // shown in full: the newest
	rest    []Case // without their messages, in the order in which they came
	entries []complaint.Entry
	lines   []templates.Other
	at      map[line]int // place in lines
}

// line tells the lines of a digest apart: a desk looks for addresses.
type line struct {
	fingerprint string
	source      netip.Addr
}

// room reports whether the letter to the contact of a case can speak of it, too.
func (o *outbox) room(c Case) bool {
	l := o.to[c.key.Contact]
	return l == nil || l.has(c) || len(l.lines) < maxLines
}

// add puts a case into the letter to its contact, which must have room.
func (o *outbox) add(c Case, s *Stages) {
	l := o.to[c.key.Contact]
	if l == nil {
		if o.to == nil {
			o.to = map[string]*letter{}
		}
		l = &letter{lead: c, at: map[line]int{}}
		o.to[c.key.Contact], o.letters = l, append(o.letters, l)
		l.enter(c, s)
		return
	}
	l.enter(c, s)
	if c.Incident.Received.After(l.lead.Incident.Received) {
		c, l.lead = l.lead, c
	}
	entry := c.entry(s.now())
	c.Message.Raw, c.Incident.Message.Raw, c.Complaint, entry.Complaint = nil, nil, nil, nil
	l.rest, l.entries = append(l.rest, c), append(l.entries, entry)
}

func lineOf(c Case) line { return line{c.key.Fingerprint, c.Incident.Verdict.Source.IP} }

func (l *letter) has(c Case) bool {
	_, known := l.at[lineOf(c)]
	return known
}

// enter writes the line for a case.
func (l *letter) enter(c Case, s *Stages) {
	if l.has(c) {
		l.lines[l.at[lineOf(c)]].Count++
		return
	}
	l.at[lineOf(c)] = len(l.lines)
	l.lines = append(l.lines, s.Composer.Mention(c.Incident))
}

// post puts a case that waited for its contact into a letter. The others of
// its message do not wait for that: each has its own desk.
func (s *Sweep) post(ctx context.Context, c Case, o *outbox) error {
	var err error
	if s.DryRun {
		for i, of := range c.Others {
			if c.Others[i], err = s.Stages.Rehearse(ctx, of); err != nil {
				return err
			}
		}
	} else if c.Others, err = s.Stages.settle(ctx, c.Others, s.Auto); err != nil {
		return err
	}
	for i := range c.Others {
		c.Others[i].Message.Raw, c.Others[i].Incident.Message.Raw, c.Others[i].Complaint = nil, nil, nil
	}
	o.add(c, s.Stages)
	return nil
}

// dispatch files the letters.
func (s *Sweep) dispatch(ctx context.Context, o outbox) error {
	for _, l := range o.letters {
		if len(l.lines) > 1 {
			composed, err := s.Stages.Composer.ComposeDigest(l.lead.Incident, l.lines, l.lead.to)
			if err != nil {
				return fmt.Errorf("compose a digest for %s: %w", l.lead.key.Contact, err)
			}
			l.lead.Complaint = &composed
		}
		if err := s.send(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// send puts a letter on disk, with all that it speaks of.
func (s *Sweep) send(ctx context.Context, l *letter) error {
	if s.DryRun {
		s.Stages.Rehearsal.add(l.lead, s.Stages.now())
		s.showLetter(l.lead.end(l.lead.Action, "dry run; nothing is sent"), l)
		for _, c := range l.rest {
			s.Stages.Rehearsal.open(c.key, l.lead.Incident, s.Stages.now())
		}
		return nil
	}
	lead, err := s.Stages.settleLetter(ctx, l, s.Auto)
	if err != nil {
		return err
	}
	if lead.Action != complaint.Sent && lead.Action != complaint.Held {
		s.show(lead) // another program was faster; the next sweep judges the others anew
		return nil
	}
	s.showLetter(lead, l)
	return nil
}

// settleLetter is Settle for a letter.
func (s *Stages) settleLetter(ctx context.Context, l *letter, allowed bool) (Case, error) {
	lead, sub, err := s.file(l.lead, allowed)
	if err != nil {
		return lead, err
	}
	var others []complaint.Entry
	for _, e := range l.entries {
		e.Why = l.why()
		others = append(others, e)
	}
	recorded, err := s.Ledger.RecordTogether(ctx, Filing{lead.entry(s.now()), sub, s.full}, others)
	if err != nil {
		return lead, fmt.Errorf("record the letter to %s: %w", l.lead.key.Contact, err)
	}
	return lead.settled(recorded), nil
}

func (l *letter) why() string {
	return fmt.Sprintf("Reported together with others in %s.", l.lead.Complaint.Incident)
}

func (s *Sweep) showLetter(lead Case, l *letter) {
	s.show(lead)
	for _, c := range l.rest {
		s.show(c.end(complaint.Merged, l.why()))
	}
}
