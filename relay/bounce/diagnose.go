package bounce

import (
	"strings"
)

// describeBounce fills in what failed, and why.
func (m *mail) describeBounce(r *Reply) {
	d := firstFailure(readReport(m.report))
	if d == (delivery{}) {
		d = firstFailure(readReport(m.text)) // some write the report as text
		if d.final == "" {
			d = delivery{}
		}
	}
	r.Recipient = d.address()
	if r.Recipient == "" {
		r.Recipient = m.failedRecipient()
	}
	r.Verdict, r.Diagnostic = m.diagnose(d, r.Recipient)
	r.Status = bestStatus(d.status, r.Diagnostic, m.text)
	if (d.action == "delayed" || d.action == "" && m.warns()) && r.Verdict.Class != Soft { // the server goes on trying
		r.Verdict.Class, r.Verdict.Reason = Soft, Expired
	}
}

// warnings stand in texts of servers that have not given up, lower case.
var warnings = []string{
	"not yet been delivered", "not been delivered yet", "will keep trying", "continue to try", "delivery attempts will continue", "warning message only", "not need to resend", "still trying", "will be retried", "still being retried",
}

// warns reports whether a bounce without a report says that it is none yet.
func (m *mail) warns() bool {
	return containsAny(strings.ToLower(strings.Join(strings.Fields(m.text), " ")), warnings)
}

// firstFailure prefers what failed to what is late, RFC 3464 §2.3.3.
func firstFailure(ds []delivery) delivery {
	for _, action := range []string{"failed", "", "delayed"} {
		for _, d := range ds {
			if d.action == action {
				return d
			}
		}
	}
	for _, d := range ds {
		if d.action != "delivered" && d.action != "relayed" && d.action != "expanded" {
			return d
		}
	}
	return delivery{}
}

// diagnose looks for the reason where it stands best: the diagnostic code,
// then replies quoted in the text, then the sentences about the recipient;
// codes after that, and the rest of the text when there is nothing else.
func (m *mail) diagnose(d delivery, recipient string) (Verdict, string) {
	var best Verdict
	var from string
	bestGrade := nothing
	try := func(text string, least grade) bool {
		if text == "" {
			return false
		}
		enhanced := ""
		if statusIn(text) == "" && !vague(d.status) {
			enhanced = d.status
		}
		v, g := newAnswer(0, enhanced, text).judge()
		if g > bestGrade {
			best, bestGrade, from = v, g, text
		}
		return g >= least
	}
	best = Verdict{Class: Unknown, Reason: NoReason}
	if try(d.diagnostic, hinted) {
		return best, from
	}
	about := paragraph(m.text, recipient)
	for _, part := range []string{about, m.text} {
		for _, line := range replyLines(part) {
			if try(line, hinted) {
				return best, from
			}
		}
	}
	if try(about, said) || bestGrade >= coded {
		return best, from
	}
	if !vague(d.status) && try(d.status, coded) {
		return best, from
	}
	try(withoutCourtesy(m.text), hinted)
	return best, strings.TrimSpace(from)
}

// vague reports whether an enhanced code says nothing: x.0.0 (RFC 3463 §3.1).
func vague(status string) bool { return status == "" || strings.HasSuffix(status, ".0.0") }

// bestStatus gives the first code that says something, or one that does not.
func bestStatus(status, diagnostic, text string) string {
	all := []string{status, statusIn(diagnostic)}
	for _, line := range replyLines(text) {
		all = append(all, statusIn(line))
	}
	for _, s := range all {
		if !vague(s) {
			return s
		}
	}
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// replyLine is where a text quotes what a server answered.
var replyLine = compiled(`(?m)(?:^(?:<<< |\s*)|[:>(\[.]\s?|said:?\s|was:?\s|with:?\s|error\s|reason\s)#?[45]\d\d(?:[ -]|$)|(?:^|[\s(#:])[45]\.\d\.\d{1,3}(?:[\s):,;]|$)`)

// replyLines gives the quoted answers, each with the lines that continue it.
func replyLines(text string) []string {
	const most, longest = 20, 8
	var out []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines) && len(out) < most; i++ {
		if !replyLine().MatchString(lines[i]) || strings.HasPrefix(lines[i], ">>> ") {
			continue
		}
		answer := strings.TrimPrefix(lines[i], "<<< ")
		for n := 1; n < longest && i+1 < len(lines) && continues(lines[i+1]); n++ {
			i++
			answer += " " + strings.TrimPrefix(lines[i], "<<< ")
		}
		out = append(out, strings.TrimSpace(answer))
	}
	return out
}

// continues reports whether a line belongs to the answer above it.
func continues(line string) bool {
	t := strings.TrimSpace(line)
	return t != "" && !strings.HasPrefix(t, ">>>") && !strings.HasPrefix(t, "--") && !leadingAddress().MatchString(line)
}

// paragraph gives the text from the line that names the recipient, best one
// that begins with it, to the next empty line that something precedes.
func paragraph(text, recipient string) string {
	if recipient == "" {
		return ""
	}
	rest := ""
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		if strings.Contains(strings.ToLower(line), recipient) && len(line) < maxField {
			if leadingAddress().MatchString(line) {
				rest = text[at:]
				break
			}
			if rest == "" {
				rest = text[at:]
			}
		}
		at += len(line) + 1
	}
	first, after, _ := strings.Cut(rest, "\n")
	after = strings.TrimLeft(after, " \t\n")
	about, _, _ := strings.Cut(after, "\n\n")
	if len(about) > MaxText {
		about = about[:MaxText]
	}
	return withoutCourtesy(first + "\n" + about)
}

// courtesy are sentences that stand in bounces of every kind. What they give
// as the reason is kept.
var courtesy = []string{
	"this is a permanent error", "permanent fatal errors", "permanent fatal delivery errors", "permanent failure", "i'm afraid i wasn't able to deliver", "i've given up", "sorry it didn't work out", "delivery status notification", "could not be delivered", "unable to deliver", "not be delivered", "do not reply", "if you have questions", "further assistance",
	"delivery attempts will be made", "no further action is required", "contact your", "please include this problem report", "message from interscan", "removed from the mail queue", "and try again", "and then try again", "you are still having", "you continue to have",
}

// furniture are lines that say nothing of why, to their end.
var furniture = []string{
	"technical details", "mail delivery", "created automatically", "message/rfc822", "content-", "reporting-mta", "arrival-date", "received-from-mta", "last-attempt-date", "x-mailer", "subject:", "the original message was received", "this report relates",
	"been scanned", "scanned for", "scanned by", "checked for viruses", "checked by", "virus-free",
}

// cause is where a sentence ends or comes to its reason.
var cause = compiled(`(?i)\b(?:because|since|due to)\b|[.:;!]\s`)

// withoutCourtesy leaves out what would mislead.
func withoutCourtesy(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !containsAny(strings.ToLower(line), furniture) {
			b.WriteString(afterCourtesy(line))
		}
	}
	return b.String()
}

// afterCourtesy is what of a line is left without such sentences.
func afterCourtesy(line string) string {
	lower := strings.ToLower(line)
	if len(lower) != len(line) {
		line = lower // some letters change their length; positions must agree
	}
	end := -1
	for _, c := range courtesy {
		if i := strings.LastIndex(lower, c); i >= 0 {
			end = max(end, i+len(c))
		}
	}
	if end < 0 {
		return line
	}
	if at := cause().FindStringIndex(line[end:]); at != nil {
		return line[end+at[0]:]
	}
	return ""
}
