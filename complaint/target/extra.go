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

// Presets are recipients that take forwarded mail from anybody. The user picks
// them by name; what has a part in angle brackets is to be filled in with what
// the user got there. Each is documented where the comment says; an address
// that was retired (spam@uce.gov of the FTC) or that takes reports through a
// program only (Signal Spam) is not here.
var Presets = []Recipient{
	// spamcop.net, "How do I submit spam via email": to one's own secret
	// address, as an attachment.
	{Name: "spamcop", Address: "submit.<code>@spam.spamcop.net"},
	// apwg.org/reportphishing: "forward as attachment"
	{Name: "apwg", Address: "reportphishing@apwg.org", Phishing: true},
	// report.netcraft.com, "forward suspicious mail"
	{Name: "netcraft", Address: "scam@netcraft.com", Phishing: true},
	// ncsc.gov.uk, Suspicious Email Reporting Service
	{Name: "ncsc-uk", Address: "report@phishing.gov.uk", Phishing: true},
	// verbraucherzentrale.de/phishingradar
	{Name: "verbraucherzentrale-de", Address: "phishing@verbraucherzentrale.nrw", Phishing: true},
	// safeonweb.be, Centre for Cybersecurity Belgium
	{Name: "safeonweb-be", Address: "suspicious@safeonweb.be", Phishing: true},
	// antiphishing.ch, National Cyber Security Centre: "as an attachment"
	{Name: "ncsc-ch", Address: "reports@antiphishing.ch", Phishing: true},
	// acma.gov.au, spam complaints policy
	{Name: "acma-au", Address: "report@submit.spam.acma.gov.au"},
}

// Preset finds one by its name and fills in its part, which is left empty for
// those that have none.
func Preset(name, part string) (Recipient, error) {
	for _, r := range Presets {
		if r.Name != name {
			continue
		}
		before, rest, open := strings.Cut(r.Address, "<")
		what, after, _ := strings.Cut(rest, ">")
		switch {
		case open && part == "":
			return Recipient{}, fmt.Errorf("%s needs your own %s: the address reads %s", name, what, r.Address)
		case !open && part != "":
			return Recipient{}, fmt.Errorf("%s has one address for everybody, %s, and nothing to fill in", name, r.Address)
		case strings.Trim(part, letters) != "":
			return Recipient{}, fmt.Errorf("%s: %q is no %s: letters and digits only", name, part, what)
		case open:
			r.Address = before + part + after
		}
		return r, nil
	}
	var known []string
	for _, r := range Presets {
		known = append(known, r.Name)
	}
	return Recipient{}, fmt.Errorf("there is no preset %q (there are: %s)", name, strings.Join(known, ", "))
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
