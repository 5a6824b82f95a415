package complaint

import (
	"errors"
	"fmt"
	"net/mail"
	"time"

	"spamreport/lookup"
	"spamreport/templates"
)

// draft is a complaint whose wording and evidence are settled; only the
// format is open.
type draft struct {
	complaint Complaint // without Raw
	incident  Incident
	identity  Identity
	userAgent string
	letter    string // name of the template
	fraud     bool   // it is phishing
	replyTo   string
	evidence  evidence
	facts     templates.Facts
	date      time.Time
}

func (c *Composer) draft(inc Incident, others []templates.Other, to []lookup.Contact) (draft, error) {
	if inc.Verdict.Source == nil {
		return draft{}, errors.New("there is no source to complain about")
	}
	recipients, err := c.recipients(to)
	if err != nil {
		return draft{}, err
	}
	own := c.For(recipients[0]) // a copy: the caller's identity stays as it is
	own.Identity = c.Identity.orPlaceholder()
	d := own.outline(inc)
	d.facts = own.facts(inc, d.evidence, recipients[0], d.date)
	d.facts.Others = others
	language := ""
	if own.Languages {
		language = templates.LanguageOf(d.facts.Network.Country)
	}
	return own.worded(d, language, recipients)
}

// outline is a draft without its words.
func (c *Composer) outline(inc Incident) draft {
	d := draft{
		incident: inc, identity: c.Identity, date: c.now(), replyTo: c.replyTo(inc),
		userAgent: oneLine(stringOr(c.UserAgent, DefaultUserAgent), 80),
		letter:    stringOr(c.Template, LetterFor(inc)),
	}
	d.fraud = d.letter == PhishingTemplate || inc.Phishing != ""
	d.evidence = c.evidence(inc)
	d.complaint.Format = stringOr(inc.About.Format, stringOr(c.Format, FormatText))
	if d.complaint.Format == FormatXARF && !d.fitsXARF() {
		d.complaint.Format = FormatText
	}
	d.evidence.attached = attachments()[d.complaint.Format]
	return d
}

// worded writes the letter into a draft, after an opening in the language if
// there is one and the letter takes it.
func (c *Composer) worded(d draft, language string, recipients []string) (draft, error) {
	letter, err := c.Templates.Execute(d.letter, d.facts)
	if err != nil {
		return draft{}, err
	}
	opening := ""
	if templates.TakesOpening(d.letter) {
		if opening, err = c.Templates.Opening(language, d.letter, d.facts); err != nil {
			return draft{}, err
		}
	}
	if opening != "" {
		opening += "\n"
	}
	d.complaint = Complaint{
		Incident:  d.incident.ID(),
		MessageID: d.incident.messageID(domainOf(d.identity.Email)),
		From:      d.identity.Email,
		To:        recipients,
		Subject:   oneLine(letter.Subject, maxQuoted),
		Format:    d.complaint.Format,
		Text:      cleanText(opening + letter.Body),
	}
	return d, nil
}

// written is the complaint as a whole message.
func (d draft) written() (Complaint, error) {
	write, ok := writers()[d.complaint.Format]
	if !ok {
		return Complaint{}, fmt.Errorf("compose %s: unknown format %q (text, arf or xarf)", d.incident.ID(), d.complaint.Format)
	}
	var err error
	if d.complaint.Raw, err = write(d); err != nil {
		return Complaint{}, fmt.Errorf("compose %s: %w", d.incident.ID(), err)
	}
	return d.complaint, nil
}

// from is the header From of the complaint.
func (d draft) from() string {
	return (&mail.Address{Name: d.identity.Name, Address: d.identity.Email}).String()
}

// LetterFor names the letter that fits what the walk found out: a provider's
// desk looks for an account, the desk of a server that somebody logged in to
// for a stolen password, any other for a machine, at once if it is phishing.
func LetterFor(inc Incident) string {
	switch {
	case inc.About.Letter != "":
		return inc.About.Letter
	case inc.Verdict.Source != nil && inc.Verdict.Source.Provider != "" && inc.About.Kind == KindSource:
		return "sending-provider"
	case inc.claimedLogin() != "":
		return "compromised-account"
	case inc.Phishing != "":
		return PhishingTemplate
	}
	return DefaultTemplate
}
