package complaint

import (
	"fmt"
	"slices"
	"strings"

	"spamreport/headers"
	"spamreport/templates"
)

// Preview writes a letter with made-up facts, all that there are, as the whole
// message that a desk would get. A language puts its opening before the letter;
// empty means none.
func (c *Composer) Preview(letter, language string) (Complaint, error) {
	known := c.Templates.Languages()
	switch {
	case language == "":
	case !slices.Contains(known, language):
		return Complaint{}, fmt.Errorf("there is no opening in the language %q (there are: %s)", language, strings.Join(known, ", "))
	case !templates.TakesOpening(letter):
		return Complaint{}, fmt.Errorf("no opening goes before %s: openings are about an address in the desk's own network", letter)
	}
	own := *c
	own.Template, own.Identity = letter, c.Identity.orPlaceholder()
	sample := templates.Sample()
	inc := sampleIncident(sample)
	d := own.outline(inc)
	// What the reader of this configuration decides is real, the rest is not.
	actual := own.facts(inc, d.evidence, sample.Desk, d.date)
	d.facts = sample
	d.facts.Incident, d.facts.Headers, d.facts.Attached = actual.Incident, actual.Headers, actual.Attached
	d.facts.Notes, d.facts.Reporter = actual.Notes, actual.Reporter
	d, err := own.worded(d, language, []string{sample.Desk})
	if err != nil {
		return Complaint{}, err
	}
	return d.written()
}

// sampleSpam goes with templates.Sample.
const sampleSpam = "Received: from friend (host-7.customers.example.net [192.0.2.7])\r\n" +
	"\tby mx.example.org with ESMTP id 4XyZ1a2b3c for <alice@example.org>;\r\n" +
	"\tFri, 2 Jan 2026 03:04:05 +0000\r\n" +
	"From: Lottery <winner@example.com>\r\n" +
	"Reply-To: claims@example.com\r\n" +
	"To: alice@example.org\r\n" +
	"Subject: You have won\r\n" +
	"Date: Fri, 2 Jan 2026 03:04:00 +0000\r\n" +
	"Message-ID: <1@friend.example.com>\r\n" +
	"\r\n" +
	"Claim your prize: https://prize.example.com/claim?for=alice@example.org\r\n"

// sampleIncident is the incident that the facts would have been taken from.
func sampleIncident(f templates.Facts) Incident {
	return Incident{
		Digest:  "preview",
		Message: Message{Raw: []byte(sampleSpam), Size: int64(len(sampleSpam))},
		Verdict: headers.Verdict{
			Source: &headers.Source{IP: f.Address, Confidence: headers.High, Reason: f.Reason},
			Hops: []headers.Hop{{
				From: headers.From{HELO: f.HELO, RDNS: f.RDNS, IP: f.Address, Port: f.Port},
				By:   headers.By{Name: f.Receiver}, With: "ESMTP", ID: f.ServerID, For: "alice@example.org",
				EnvelopeFrom: f.Spam.EnvelopeFrom, Time: f.Received, Trust: headers.TrustEdge,
			}},
		},
		Received: f.Received,
	}
}
