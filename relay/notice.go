package relay

import (
	"context"
	"errors"
	"time"

	"spamreport/relay/dsn"
)

// Sendmail is the submitter of what is handed in on the command line of this
// machine.
const Sendmail = "sendmail"

// notify attaches to the outcomes of a job, in the order of its recipients, what its sender is to be told
// (RFC 3461 §5), and returns them. The program's own complaints tell nobody:
// their outcome is in the ledger.
func (r *Relay) notify(ctx context.Context, now time.Time, job Job, outcomes []Outcome) []Outcome {
	if r.Host == "" || job.From == "" || job.Submitter == "" {
		return outcomes
	}
	n := dsn.Notice{
		ID: NewID(), Host: r.Host, To: job.From, EnvelopeID: job.DSN.Envelope,
		Queued: job.Queued, Now: now, Full: job.DSN.Return == "FULL", UTF8: job.UTF8,
	}
	first := -1
	for i, o := range outcomes {
		action := actionOf(now.Sub(job.Queued), o)
		if action == "" || !dsn.Wanted(job.Recipients[i].Receipt.Notify, action) {
			continue
		}
		if action == dsn.Delayed {
			outcomes[i].Notify = dsn.Without(job.Recipients[i].Receipt.Notify, dsn.Delayed)
		}
		if first < 0 {
			first = i
		}
		n.Recipients = append(n.Recipients, dsn.Recipient{
			Address: o.Recipient, Original: job.Recipients[i].Receipt.Original, Action: action,
			Code: o.Reply.Code, Status: o.Reply.Status, Text: o.Reply.Text, Until: r.givenUp(job),
		})
	}
	if first >= 0 {
		outcomes[first].Notice = r.write(ctx, job, n)
	}
	return outcomes
}

// actionOf is what there is to tell about an outcome; "" for nothing.
func actionOf(age time.Duration, o Outcome) dsn.Action {
	switch {
	case o.State == Failed:
		return dsn.Failed
	case o.State == Retrying && age >= dsn.DelayAfter:
		return dsn.Delayed
	case o.State == Delivered && !o.Notifies:
		return dsn.Relayed
	}
	return ""
}

func (r *Relay) givenUp(job Job) time.Time {
	if expire := r.schedule().Expire; expire > 0 {
		return job.Queued.Add(expire)
	}
	return time.Time{}
}

// write makes the notice a submission of this program; nil when that cannot be.
func (r *Relay) write(ctx context.Context, job Job, n dsn.Notice) *Submission {
	var err error
	// Without the text, which may be what was lost, there is still the report.
	if n.Message, err = r.Queue.Message(ctx, job.ID); err != nil && !errors.Is(err, ErrNotQueued) {
		r.log().Warn("the bounce goes out without the message", "id", job.ID, "error", err)
	}
	message, err := n.Compose()
	if err != nil {
		r.log().Error("cannot write a bounce", "id", job.ID, "error", err)
		return nil
	}
	sub := Submission{
		ID: n.ID, Envelope: Envelope{To: []string{n.To}, UTF8: !isASCII(n.To)}, Message: message, Queued: n.Now,
	}
	// A notice that the queue would not take must not keep the outcome from
	// being recorded.
	if sub, err = sub.Signed(r.Signer); err != nil {
		r.log().Error("cannot write a bounce", "id", job.ID, "error", err)
		return nil
	}
	r.log().Info("bounce", "id", job.ID, "notice", n.ID, "to", n.To, "recipients", len(n.Recipients))
	return &sub
}
