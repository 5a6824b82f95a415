package pipeline

import (
	"context"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/mailbox"
)

// Glance examines a message of which only the header is there, and writes
// nothing. known is what the ledger knows of the message at this place.
//
// decided says that the text could change nothing: the message is Skipped for a
// reason that stands in its header, or a Duplicate because its place is known.
// Otherwise Examine has to see the whole; until then Action says what would
// become of the message if it were the first of its campaign (WouldSend,
// Deferred, or Skipped where only something in the text could be reported), and
// is empty where the header does not tell.
//
// A case that the header decides has no digest yet: see identify.
func (s *Stages) Glance(ctx context.Context, m mailbox.Message, known []complaint.Entry) (c Case, decided bool, err error) {
	c = Case{Message: m, Incident: complaint.Incident{
		Message: complaint.Message{Raw: m.Raw, Size: m.Size, Truncated: m.Truncated},
	}}
	// What was judged by its header is judged by it again: the last sweep was
	// killed before it said how far it came.
	if len(known) > 0 && !mailbox.IsHeaderDigest(known[0].Spam) {
		if c, decided, waits := c.recall(known); decided || waits {
			return c, decided, nil
		}
	}
	// What has no header for the server may have one for us: ours may begin with
	// blank lines.
	if c.Incident.Verdict, err = s.walk(m.Raw); err != nil {
		return c, false, nil
	}
	source := c.Incident.Verdict.Source
	switch {
	case m.Reported:
		return c.end(complaint.Skipped, wasReported), true, nil
	case source == nil:
		return c.end(complaint.Skipped, noSource(c.Incident.Verdict)), true, nil
	}
	c.Incident.Received = c.Incident.Verdict.Hops[source.Hop].Time
	if why, unfit := s.policy().Unfit(c.Incident); unfit {
		return c.end(complaint.Skipped, why), true, nil
	}
	return s.glanceAtDesk(ctx, c)
}

// walk walks the trace of a message, with memory that was used before where
// there is any. An error says that it has no header.
func (s *Stages) walk(raw []byte) (headers.Verdict, error) {
	if s.readers != nil {
		r := s.readers.Get().(*headers.Reader)
		defer s.readers.Put(r)
		return r.WalkBlock(raw)
	}
	block, err := headers.Block(raw)
	if err != nil {
		return headers.Verdict{}, err
	}
	return s.Walker.Walk(block), nil
}

// recall is a case whose place is known: decided when nothing can change
// what became of the message. It waits when a case of it is still undecided.
func (c Case) recall(known []complaint.Entry) (recalled Case, decided, waits bool) {
	entries := make(map[string]complaint.Entry, len(known))
	for _, e := range known {
		entries[e.Digest] = e
	}
	recalled = c
	recalled.Incident.Digest = known[0].Spam
	recalled, decided = recalled.remember(entries)
	if waiting(entries) {
		return c, false, true
	}
	return recalled, decided, false
}

// glanceAtDesk looks who would be told.
func (s *Stages) glanceAtDesk(ctx context.Context, c Case) (Case, bool, error) {
	var err error
	if c.Incident.Lookup, err = s.Desks.IP(ctx, c.Incident.Verdict.Source.IP); ctx.Err() != nil {
		return c, false, ctx.Err()
	}
	switch {
	case s.NoSource:
		c = c.end(complaint.Skipped, "complaint.targets leaves the source out")
	case err != nil:
		if c, err = s.undecided(ctx, c, err); err != nil {
			return c, false, err
		}
	default:
		d := s.policy().Glance(c.Incident)
		c = c.end(d.Action, d.Why)
	}
	return c, c.Action == complaint.Skipped && (s.OnlySource || s.Find == nil), nil
}

// identify names a case that the header of its message decided. What becomes of
// such a message hangs on its header alone, and so does its name: wherever a
// message with this header lies, it is the same entry in the ledger. Should the
// message be reported after all (the user trusts another server now, or gives it
// as a file), that goes under the digest of the whole, as ever, and the entry
// for the header is no obstacle: to be skipped is not final.
func (c Case) identify() Case {
	if c.Incident.Digest == "" {
		c.Incident.Digest = mailbox.HeaderDigest(c.Message.Raw)
	}
	return c
}
