package target

import (
	"fmt"
	"slices"
	"strings"

	"spamreport/complaint"
)

// Recipient is somebody who collects spam or phishing from the public. The user
// names them one by one: each gets a complaint of its own, whatever the desks
// get, so that none learns of the others.
type Recipient struct {
	Name      string   // as the user knows it
	Address   string   // where to; of a preset it may have a part to fill in: see Preset
	Format    string   // text, arf or xarf; empty: text
	Phishing  bool     // wants phishing only
	Countries []string // wants only what comes from these, ISO 3166 alpha-2; empty: from anywhere
}

// extra is a target for each recipient whom the message concerns.
func (s *search) extra() {
	for _, r := range s.options.Extra {
		country := s.inc.Lookup.Network.Country
		switch {
		case r.Phishing && s.found.Phishing == "":
			s.skip(complaint.KindExtra, r.Name, r.Name+" collects phishing, and it is not clear that this is.")
			continue
		case len(r.Countries) > 0 && !slices.ContainsFunc(r.Countries, func(c string) bool { return strings.EqualFold(c, country) }):
			s.skip(complaint.KindExtra, r.Name, fmt.Sprintf("%s collects what comes from %s only.", r.Name, strings.Join(r.Countries, ", ")))
			continue
		}
		t := Target{How: Fixed, Query: r.Address, Count: 1}
		t.Kind, t.Name, t.Letter = complaint.KindExtra, r.Name, "collector"
		t.Format = r.Format
		if t.Format == "" {
			t.Format = complaint.FormatText
		}
		t.Reason = fmt.Sprintf("You named %s to get a copy.", r.Name)
		s.add(t)
	}
}
