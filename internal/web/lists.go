package web

import (
	"fmt"
	"net/mail"

	"spamreport/internal/store"
	"spamreport/relay/suppress"
)

// neverView lists whom no complaint goes to.
type neverView struct {
	Contacts   []store.NeverContact
	Suppressed []suppress.Entry // whom the relay writes to no more, the latest first
	More       int              // that are not shown
}

// maxSuppressed is how much of the suppression list is shown.
const maxSuppressed = 200

func (s *Site) never(v *visit) error {
	list, err := s.Store.NeverContacts(v.r.Context())
	if err != nil {
		return err
	}
	suppressed, err := s.Store.Suppressions(v.r.Context(), s.Now())
	if err != nil {
		return err
	}
	page := neverView{Contacts: list, Suppressed: suppressed}
	if page.More = len(suppressed) - maxSuppressed; page.More > 0 {
		page.Suppressed = suppressed[:maxSuppressed]
	}
	return v.show("never", "Never mailed", page)
}

// changeNever puts a contact on the list or takes it off.
func (s *Site) changeNever(v *visit) error {
	given := v.r.PostFormValue("address")
	address, err := mail.ParseAddress(given)
	if err != nil || address.Address != given {
		return refusal{fmt.Errorf("%q is no e-mail address", given)}
	}
	switch v.r.PostFormValue("do") {
	case "add":
		dropped, err := s.Approvals.Never(v.r.Context(), given)
		if err != nil {
			return err
		}
		v.say(fmt.Sprintf("%s is never mailed again; %s dropped.", given, plural(dropped, "complaint")))
	case "remove":
		if _, err := s.Store.Relent(v.r.Context(), given); err != nil {
			return err
		}
		v.say(given + " may be mailed again.")
	case "suppress":
		entry := suppress.Entry{Address: suppress.Key(given), Reason: suppress.Manual, Source: "on the page", Since: s.Now()}
		if err := s.Store.Suppress(v.r.Context(), entry); err != nil {
			return err
		}
		v.say(given + " is suppressed.")
	case "lift":
		if _, err := s.Store.Lift(v.r.Context(), given); err != nil {
			return err
		}
		v.say(given + " may be written to again.")
	default:
		return errBadForm
	}
	v.redirect("/never")
	return nil
}
