package complaint

import (
	"net"
	"strconv"
	"strings"
	"time"
)

// writeARF writes a feedback report (RFC 5965 §2): the letter for people, the
// same facts for machines, the spam.
//
// The subject departs from RFC 5965 §2 (f), which says that it should be that of
// the spam, with at most the prefix of a forwarded message. That is for feedback
// loops, which both sides have agreed on. This report comes unasked (RFC 6650 §5)
// and is read by a person first, who needs address, time and our reference at a
// glance; under the subject of the spam it would also look like spam to the
// desk's own filter. One subject cannot be both, and the spam's own is in the
// third part, which is where §2 (g) wants machines to look first.
func writeARF(d draft) ([]byte, error) {
	return d.frame("multipart/report", map[string]string{"report-type": "feedback-report"},
		textSection(d.complaint.Text), d.feedbackSection(), d.spamSection())
}

func (d draft) feedbackSection() section {
	var report strings.Builder
	for _, f := range d.feedback() {
		if value := encodeWords(f.value); value != "" {
			report.WriteString(fold(f.name+":", value))
		}
	}
	return section{[]field{
		{"Content-Type", "message/feedback-report"},
		{"Content-Disposition", "inline"},
		{"Content-Transfer-Encoding", "7bit"},
	}, []byte(report.String())}
}

// feedback are the fields of RFC 5965 §3 in its order; empty ones are left out.
func (d draft) feedback() []field {
	f := d.facts
	kind := "abuse"
	if d.fraud {
		kind = "fraud"
	}
	fields := []field{
		{"Feedback-Type", kind},
		{"User-Agent", d.userAgent},
		{"Version", "1"},
		{"Original-Mail-From", inAngles(f.Spam.EnvelopeFrom)},
		{"Source-IP", f.Address.String()},
	}
	if f.TimeFromServer {
		fields = append(fields, field{"Arrival-Date", f.Received.UTC().Format(time.RFC1123Z)})
	}
	if f.Port != 0 { // RFC 6692: behind a carrier's NAT the address alone is not enough
		fields = append(fields, field{"Source-Port", strconv.Itoa(int(f.Port))})
	}
	if isHostName(f.Receiver) {
		fields = append(fields, field{"Reporting-MTA", "dns; " + f.Receiver})
	}
	for _, to := range d.recipients() {
		fields = append(fields, field{"Original-Rcpt-To", inAngles(to)})
	}
	if about := d.incident.About.Kind; (about == KindLink || about == KindRegistrar) && isHostName(f.Target) {
		fields = append(fields, field{"Reported-Domain", f.Target})
	}
	for _, t := range f.Spam.Traces {
		if strings.EqualFold(t.Name, "Authentication-Results") {
			fields = append(fields, field{"Authentication-Results", t.Value})
		}
	}
	return fields
}

// recipients are whom the believed server took the spam for: tokens, when
// redaction is on (RFC 6590 §2 is about this very field).
func (d draft) recipients() []string {
	hop := d.incident.sourceHop()
	if hop == nil {
		return nil
	}
	var all []string
	for _, a := range findAddresses(hop.For) {
		if said := d.evidence.say(a); checkAddress(said) == nil {
			all = append(all, said)
		}
	}
	return all
}

// inAngles writes an address as a path, or nothing if it is none.
func inAngles(a string) string {
	a = strings.Trim(a, "<> ")
	if checkAddress(a) != nil {
		return ""
	}
	return "<" + a + ">"
}

// isHostName reports whether a name can stand in a machine-readable field.
func isHostName(name string) bool {
	if name == "" || len(name) > 253 || net.ParseIP(name) != nil {
		return false
	}
	for _, c := range []byte(name) {
		if !isAlnum(c) && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
