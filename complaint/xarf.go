package complaint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"spamreport/headers"
	"spamreport/templates"
)

// xarfVersion is the version of the specification that the reports follow.
const xarfVersion = "4.2.0"

// unknownPort stands for a source port that no server wrote down. The schema
// requires one for SMTP, and its own examples have 25 there; the description
// says when it is a stand-in.
const unknownPort = 25

// xarfReport is a report of the type messaging/spam, in the order of the
// specification.
type xarfReport struct {
	Version     string         `json:"xarf_version"`
	ID          string         `json:"report_id"`
	Timestamp   string         `json:"timestamp"`
	Reporter    xarfContact    `json:"reporter"`
	Sender      xarfContact    `json:"sender"`
	Source      string         `json:"source_identifier"`
	SourcePort  int            `json:"source_port"`
	Category    string         `json:"category"`
	Type        string         `json:"type"`
	Observed    string         `json:"evidence_source"`
	Protocol    string         `json:"protocol"`
	SMTPFrom    string         `json:"smtp_from"`
	SMTPTo      string         `json:"smtp_to,omitempty"`
	Subject     string         `json:"subject,omitempty"`
	MessageID   string         `json:"message_id,omitempty"`
	Confidence  float64        `json:"confidence"`
	Description string         `json:"description"`
	Evidence    []xarfEvidence `json:"evidence"`
}

type xarfContact struct {
	Org     string `json:"org"`
	Contact string `json:"contact"`
	Domain  string `json:"domain"`
}

type xarfEvidence struct {
	ContentType string `json:"content_type"`
	Description string `json:"description"`
	Payload     []byte `json:"payload"` // encoding/json writes base64
	Hash        string `json:"hash"`
	Size        int    `json:"size"`
}

// writeXARF writes the letter, the report as JSON, and the spam once more as
// an attachment, since not every reader of the letter has a tool for XARF.
func writeXARF(d draft) ([]byte, error) {
	report, err := json.MarshalIndent(d.xarf(), "", "  ")
	if err != nil {
		return nil, err
	}
	return d.frame("multipart/mixed", nil, textSection(d.complaint.Text), section{[]field{
		{"Content-Type", `application/json; name="xarf.json"`},
		{"Content-Disposition", `attachment; filename="xarf.json"`},
		{"Content-Description", "XARF " + xarfVersion + " report"},
		{"Content-Transfer-Encoding", "base64"}, // the payload is one long line
	}, report}, d.spamSection())
}

func (d draft) xarf() xarfReport {
	f := d.facts
	us := xarfContact{
		Org:     stringOr(d.identity.Organisation, stringOr(d.identity.Name, domainOf(d.identity.Email))),
		Contact: d.identity.Email,
		Domain:  domainOf(d.identity.Email),
	}
	sum := sha256.Sum256(d.evidence.raw)
	r := xarfReport{
		Version: xarfVersion, ID: d.incident.uuid(),
		Timestamp: f.Received.UTC().Format(time.RFC3339),
		Reporter:  us, Sender: us,
		Source: f.Address.String(), SourcePort: int(f.Port),
		Category: "messaging", Type: "spam", Observed: "user_complaint", Protocol: "smtp",
		SMTPFrom:    xarfSender(d.incident, d.evidence),
		Subject:     f.Spam.Subject,
		MessageID:   f.Spam.MessageID,
		Confidence:  xarfConfidence(d.incident.Verdict.Source),
		Description: f.Reason,
		Evidence: []xarfEvidence{{
			ContentType: "message/rfc822",
			Description: "The spam with full headers",
			Payload:     d.evidence.raw,
			Hash:        "sha256:" + hex.EncodeToString(sum[:]),
			Size:        len(d.evidence.raw),
		}},
	}
	if to := d.recipients(); len(to) > 0 {
		r.SMTPTo = to[0]
	}
	r.describe(f)
	return r
}

// describe says what the fields cannot.
func (r *xarfReport) describe(f templates.Facts) {
	if r.SourcePort == 0 {
		r.SourcePort = unknownPort
		r.Description += " The source port was not written down; 25 stands in its place."
	}
	if !f.TimeFromServer {
		r.Description += " The time is that of the report; the server wrote none down."
	}
	r.Description = oneLine(r.Description, 1000)
}

// fitsXARF reports whether a report of the type messaging/spam says the right
// thing: it is about an address that sends, and it needs the envelope sender.
func (d draft) fitsXARF() bool {
	about := d.incident.About.Kind
	sends := d.incident.aboutSender() || about == KindFeedback || about == KindExtra
	return sends && xarfSender(d.incident, d.evidence) != ""
}

// xarfSender is an address that the schema accepts as smtp_from: the envelope
// sender, or for want of one (bounces have none) the From of the header.
func xarfSender(inc Incident, ev evidence) string {
	f := spamFacts(inc, ev)
	if checkAddress(f.EnvelopeFrom) == nil {
		return f.EnvelopeFrom
	}
	for _, a := range findAddresses(f.From) {
		if checkAddress(a) == nil {
			return a
		}
	}
	return ""
}

func xarfConfidence(src *headers.Source) float64 {
	switch src.Confidence {
	case headers.High:
		return 0.95
	case headers.Medium:
		return 0.75
	}
	return 0.5
}

// uuid is a UUID in the form of version 4 (RFC 9562 §5.4), as the schema
// wants, with bits from the digest in place of random ones: the same incident
// has the same report id.
func (inc Incident) uuid() string {
	sum := inc.digestSum()
	b := sum[16:32]
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
