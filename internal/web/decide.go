package web

import (
	"fmt"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/store"
)

// conclusions are what only the user can say of a complaint that was filed.
var conclusions = map[string]followup.State{"resolve": followup.Resolved, "ignore": followup.Ignored, "reopen": ""}

// decide does something to one complaint.
func (s *Site) decide(v *visit) error {
	incident, word := v.r.PathValue("incident"), v.r.PostFormValue("do")
	back := "/complaints/" + incident
	if outcome, known := conclusions[word]; known {
		if err := s.Store.Conclude(v.r.Context(), incident, outcome); err != nil {
			return err
		}
		v.redirect(back)
		return nil
	}
	if word == "edit" {
		if err := s.rewrite(v, incident); err != nil {
			return err
		}
		v.redirect(back)
		return nil
	}
	deed, known := deeds[word]
	if !known {
		return errBadForm
	}
	next, err := s.nextHeld(v, incident)
	if err != nil {
		return err
	}
	e, err := s.do(v, deed, incident)
	if err != nil {
		return err
	}
	v.say(fmt.Sprintf("%s to %s: %s.", e.Complaint.Incident, e.Contact, deed.done))
	v.redirect(next)
	return nil
}

// rewrite keeps a new letter. A text that cannot be sent is said to be one, and
// the browser still has it: going back shows it.
func (s *Site) rewrite(v *visit, incident string) error {
	row, err := s.Store.ByIncident(v.r.Context(), incident)
	if err != nil {
		return err
	}
	if row.Action != complaint.Held {
		return refusal{fmt.Errorf("%s does not wait for approval any more: it is %s", incident, row.Action)}
	}
	changed, err := s.Approvals.Rewrite(v.r.Context(), row.Entry, v.r.PostFormValue("text"))
	switch {
	case err != nil:
		return err
	case changed:
		v.say("The new text is kept.")
	default:
		v.say("The text is as it was.")
	}
	return nil
}

// nextHeld is where a person goes on after deciding about a complaint: to the
// next one that waits, or to the list.
func (s *Site) nextHeld(v *visit, incident string) (string, error) {
	here, err := s.Store.ByIncident(v.r.Context(), incident)
	if err != nil {
		return "", err
	}
	rows, _, err := s.Store.Page(v.r.Context(), store.HistoryFilter{Action: complaint.Held, Limit: 1, Search: store.Search{
		Below: store.Position{Seen: here.Seen, Digest: here.Digest},
	}})
	if err != nil || len(rows) == 0 || rows[0].Complaint == nil {
		return "/review", err
	}
	return "/complaints/" + rows[0].Complaint.Incident, nil
}
