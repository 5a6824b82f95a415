package export

import (
	"context"
	"time"

	"spamreport/internal/contract"
	"spamreport/internal/store"
	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/relay/feedback"
	"spamreport/relay/guard"
	"spamreport/relay/suppress"
)

func deliveries(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	return s.Dispatches(ctx, since, func(d store.Dispatch) error {
		return row(contract.Delivery{
			Time: Stamp(d.Updated), ID: d.ID, From: d.From, Submitter: d.Submitter, Recipient: d.Recipient, State: string(d.State),
			Attempts: d.Attempts, Size: d.Size, Queued: Stamp(d.Queued), MessageID: d.MessageID, Reply: replyText(d.Reply),
		})
	})
}

func bounces(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	return Bounces(ctx, s, since, func(b contract.RelayBounce) error { return row(b) })
}

func complaintsReceived(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	back, err := s.Feedback(ctx, since)
	for _, f := range back {
		if f.Kind != feedback.Complaint {
			continue
		}
		doc := contract.ComplaintReceived{
			Time: Stamp(f.Received), ID: f.QueueID, Recipient: f.Recipient, Type: f.Reason, Reporter: f.Reporter, Program: f.Text,
		}
		if err := row(doc); err != nil {
			return err
		}
	}
	return err
}

func suppressions(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	list, err := s.Suppressions(ctx, time.Now())
	for _, e := range list {
		if e.Since.Before(since) {
			continue
		}
		if err := row(Suppressed(e)); err != nil {
			return err
		}
	}
	return err
}

// Suppressed is the document about an address that is not written to.
func Suppressed(e suppress.Entry) contract.Suppressed {
	return contract.Suppressed{
		Address: e.Address, Reason: string(e.Reason), Source: e.Source, Since: Stamp(e.Since), Expires: Stamp(e.Expires),
	}
}

// Bounces yields what was refused at once, and then what came back.
func Bounces(ctx context.Context, s *store.Store, since time.Time, yield func(contract.RelayBounce) error) error {
	err := s.Dispatches(ctx, since, func(d store.Dispatch) error {
		if d.Attempts == 0 || guard.Waits(d.Reply) {
			return nil
		}
		b := contract.RelayBounce{Time: Stamp(d.Updated), ID: d.ID, Recipient: d.Recipient, State: string(d.State), Reply: d.Reply.String()}
		return yield(judged(b, bounce.Classify(d.Reply.Code, d.Reply.Status, d.Reply.Text)))
	}, relay.Failed, relay.Retrying)
	if err != nil {
		return err
	}
	back, err := s.Feedback(ctx, since)
	for _, f := range back {
		if f.Kind != feedback.Bounce {
			continue
		}
		b := contract.RelayBounce{Time: Stamp(f.Received), ID: f.QueueID, Recipient: f.Recipient, State: "returned", Reply: f.Text}
		if err := yield(judged(b, bounce.Verdict{Class: f.Class, Reason: bounce.Reason(f.Reason)})); err != nil {
			return err
		}
	}
	return err
}

// judged adds what a bounce means, and where to ask about it.
func judged(b contract.RelayBounce, v bounce.Verdict) contract.RelayBounce {
	b.Class, b.Reason, b.Rule, b.Help = string(v.Class), string(v.Reason), v.Rule, bounce.HelpPage(b.Reply)
	if v.Class == bounce.Block {
		desk, _ := bounce.WhereToAsk(b.Reply, b.Recipient)
		b.Desk, b.DeskURL = desk.Name, desk.URL
	}
	return b
}

func replyText(r relay.Reply) string {
	if r == (relay.Reply{}) {
		return ""
	}
	return r.String()
}
