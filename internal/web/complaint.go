package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/followup"
	"spamreport/internal/store"
	"spamreport/relay"
)

// complaintView is everything about one complaint.
type complaintView struct {
	store.HistoryRow
	Held    bool
	Closed  bool // the user said resolved or ignored
	Path    pathView
	Replies []followup.Reply
	Queue   []relay.Item // what the relay did for each recipient
	Never   bool         // its contact is never mailed any more
}

// pathView is the way of the message, drawn from its sender to the mailbox.
type pathView struct {
	Hops    []headers.Hop // the sender's side first
	Verdict headers.Verdict
	Missing string // why there is no path
	Differs bool   // the enclosed copy, redacted perhaps, walks to another address than the message did
}

func (s *Site) complaint(v *visit) error {
	ctx := v.r.Context()
	row, err := s.Store.ByIncident(ctx, v.r.PathValue("incident"))
	if err != nil {
		return err
	}
	c := complaintView{
		HistoryRow: row, Held: row.Action == complaint.Held, Path: s.path(row.Entry),
		Closed: row.Life.State == followup.Resolved || row.Life.State == followup.Ignored,
	}
	if c.Replies, err = s.Store.Replies(ctx, row.Digest); err != nil {
		return err
	}
	slices.Reverse(c.Replies) // in the order of time
	if c.Never, err = s.Store.IsNever(ctx, row.Contact); err != nil {
		return err
	}
	if row.QueueID != "" {
		if c.Queue, err = s.Store.Queue().List(ctx, relay.Filter{ID: row.QueueID, States: everyState}); err != nil {
			return err
		}
	}
	menu := "complaints"
	if c.Held {
		menu = "review"
	}
	return v.showUnder(menu, "complaint", row.Complaint.Incident, c)
}

// path walks the enclosed spam. What is enclosed is what the desk gets.
func (s *Site) path(e complaint.Entry) pathView {
	spam := e.Complaint.Evidence()
	if spam == nil || s.Walk == nil {
		return pathView{Missing: "The spam is not enclosed."}
	}
	verdict, err := s.Walk(spam)
	if err != nil {
		return pathView{Missing: "The enclosed spam cannot be walked: " + err.Error()}
	}
	p := pathView{Verdict: verdict, Hops: slices.Clone(verdict.Hops)}
	slices.Reverse(p.Hops) // each server puts its line on top
	p.Differs = e.Source.IsValid() && (verdict.Source == nil || verdict.Source.IP != e.Source)
	return p
}

// raw hands out the whole message, octet for octet. A browser must not show
// it: it is kept as a file.
func (s *Site) raw(v *visit) error {
	row, err := s.Store.ByIncident(v.r.Context(), v.r.PathValue("incident"))
	if err != nil {
		return err
	}
	if row.Complaint == nil || len(row.Complaint.Raw) == 0 {
		return errNotFound
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="`+row.Complaint.Incident+`.eml"`)
	h.Set("Content-Length", strconv.Itoa(len(row.Complaint.Raw)))
	_, err = v.w.Write(row.Complaint.Raw)
	return ignoreGone(err)
}

// ignoreGone forgives who went away in the middle of a download.
func ignoreGone(err error) error {
	if err == nil || errors.Is(err, http.ErrHandlerTimeout) {
		return err
	}
	return nil
}
