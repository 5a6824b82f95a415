package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/enclosed"
	"spamreport/internal/mailbox"
)

// keepForwarded is how much of a message is kept that others may be enclosed
// in: the larger ones lie behind the first octets.
const keepForwarded = 16 << 20

func (s *Sweep) fetching() mailbox.FetchOptions {
	if len(s.Unpack) > 0 {
		return mailbox.FetchOptions{Limits: mailbox.Limits{Keep: keepForwarded}}
	}
	return mailbox.FetchOptions{}
}

// unpack takes the messages that m encloses through the stages, in place of m.
// What nobody vouches for is never sent without a person's approval: a From
// field can be forged, and so can a trace in an attachment.
func (s *Sweep) unpack(ctx context.Context, m mailbox.Message, post *outbox) error {
	forwarder, vouched, why := s.forwarder(m)
	if why != "" {
		return s.leave(ctx, m, why)
	}
	found := enclosed.Messages(m.Raw)
	if len(found) == 0 {
		why := "it encloses no message: forward the spam as an attachment, so that its header comes along"
		if m.Truncated {
			why = fmt.Sprintf("no enclosed message comes to its end in the first %d MiB: forward fewer, or smaller ones", keepForwarded>>20)
		}
		return s.leave(ctx, m, why)
	}
	if !vouched {
		post = nil // its letters go out as the others do
	}
	for i, raw := range found {
		c, err := s.examine(ctx, m.Enclosed(i+1, raw, forwarder), nil)
		if err != nil {
			return err
		}
		if err := s.close(ctx, c, s.Auto && vouched, post); err != nil {
			return err
		}
	}
	return nil
}

// leave leaves a message alone, and says why.
func (s *Sweep) leave(ctx context.Context, m mailbox.Message, why string) error {
	c := Case{Message: m, Incident: complaint.Incident{Digest: m.Digest}}
	return s.close(ctx, c.end(complaint.Skipped, why), false, nil)
}

// forwarder is who sent m, and whether a server that can be believed found that
// it was really they (DMARC, or DKIM of their domain). why says why it is not
// unpacked.
func (s *Sweep) forwarder(m mailbox.Message) (from string, vouched bool, why string) {
	from, allowed := s.Unpack.Allow(m.Raw)
	switch {
	case from == "":
		return "", false, "nobody is named as its author, so nothing is unpacked from it"
	case !allowed:
		return "", false, from + " is not one of those whose messages are unpacked (unpack, in the account)"
	}
	inc := complaint.Incident{Message: complaint.Message{Raw: m.Raw, Size: m.Size, Truncated: m.Truncated}}
	if block, err := headers.ReadBlock(bytes.NewReader(m.Raw)); err == nil {
		inc.Verdict = s.Stages.Walker.Walk(block)
	}
	domain, vouched, refuted := inc.Author()
	if refuted {
		return "", false, fmt.Sprintf("it is not from %s: your mail server found that it failed DMARC", from)
	}
	return from, vouched && under(from, domain), ""
}

// under reports whether an address is of a domain, or of one below it.
func under(address, domain string) bool {
	of := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	return of == domain || strings.HasSuffix(of, "."+domain)
}
