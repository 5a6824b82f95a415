package web

import (
	"errors"
	"fmt"

	"spamreport/complaint"
	"spamreport/internal/store"
)

// perPage is how many rows a list has.
const perPage = 50

// listView is a list of messages, cut.
type listView struct {
	Rows   []store.HistoryRow
	Filter filterView
	Next   string // address of the next page; empty: there is none
}

func (s *Site) reviewList(v *visit) error {
	list, err := s.list(v, "/review", store.HistoryFilter{Action: complaint.Held})
	if err != nil {
		return err
	}
	return v.show("review", "Review", list)
}

// reviewBulk does the same to every complaint that was ticked.
func (s *Site) reviewBulk(v *visit) error {
	defer v.redirect("/review")
	incidents := v.r.PostForm["incident"]
	if len(incidents) == 0 {
		v.regret("Nothing was ticked.")
		return nil
	}
	deed, known := deeds[v.r.PostForm.Get("do")]
	if !known {
		return errBadForm
	}
	done := 0
	var failed []error
	for _, incident := range incidents {
		if _, err := s.do(v, deed, incident); err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	if done > 0 {
		v.say(fmt.Sprintf("%s: %s.", plural(done, "complaint"), deed.done))
	}
	if err := errors.Join(failed...); err != nil {
		v.regret(err.Error())
	}
	return nil
}

// deed is what can be done to a complaint that waits.
type deed struct {
	done string
	run  func(s *Site, v *visit, e complaint.Entry) error
}

var deeds = map[string]deed{
	"approve": {"approved and queued", func(s *Site, v *visit, e complaint.Entry) error {
		defer s.Deliver()
		return s.Approvals.Approve(v.r.Context(), e)
	}},
	"drop": {"dropped", func(s *Site, v *visit, e complaint.Entry) error {
		return s.Approvals.Drop(v.r.Context(), e)
	}},
	"never": {"dropped, and its contact is never mailed again", func(s *Site, v *visit, e complaint.Entry) error {
		_, err := s.Approvals.Never(v.r.Context(), e.Contact)
		return err
	}},
}

// do does it to the complaint with this reference.
func (s *Site) do(v *visit, d deed, incident string) (complaint.Entry, error) {
	row, err := s.Store.ByIncident(v.r.Context(), incident)
	if err != nil {
		return row.Entry, fmt.Errorf("%s: %w", incident, err)
	}
	if row.Action != complaint.Held {
		return row.Entry, refusal{fmt.Errorf("%s does not wait for approval any more: it is %s", row.Complaint.Incident, row.Action)}
	}
	return row.Entry, d.run(s, v, row.Entry)
}
