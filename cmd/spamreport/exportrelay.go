package main

import (
	"context"
	"time"

	"spamreport/internal/contract"
	"spamreport/internal/store"
	"spamreport/relay/feedback"
)

func exportDeliveries(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	return s.Dispatches(ctx, since, func(d store.Dispatch) error {
		return row(contract.Delivery{
			Time: stampOrEmpty(d.Updated), ID: d.ID, From: d.From, Submitter: d.Submitter, Recipient: d.Recipient, State: string(d.State),
			Attempts: d.Attempts, Size: d.Size, Queued: stampOrEmpty(d.Queued), MessageID: d.MessageID, Reply: replyText(d.Reply),
		})
	})
}

func exportBounces(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	return eachBounce(ctx, s, since, func(b contract.RelayBounce) error { return row(b) })
}

func exportComplaintsReceived(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	back, err := s.Feedback(ctx, since)
	for _, f := range back {
		if f.Kind != feedback.Complaint {
			continue
		}
		doc := contract.ComplaintReceived{
			Time: stampOrEmpty(f.Received), ID: f.QueueID, Recipient: f.Recipient, Type: f.Reason, Reporter: f.Reporter, Program: f.Text,
		}
		if err := row(doc); err != nil {
			return err
		}
	}
	return err
}

func exportSuppressions(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	list, err := s.Suppressions(ctx, time.Now())
	for _, e := range list {
		if e.Since.Before(since) {
			continue
		}
		if err := row(newSuppressed(e)); err != nil {
			return err
		}
	}
	return err
}
