package guard

import (
	"fmt"
	"mime"
	"time"

	"spamreport/relay"
	"spamreport/relay/limit"
)

// Alerts say who is told that a quota fills up. Without To, only the log is.
type Alerts struct {
	Host string // that the alerts come from
	To   string
}

// alert writes one, in the log and as a message.
func (g *Guard) alert(q limit.Quota, used, percent int) (relay.Submission, bool) {
	g.log().Warn("quota", "scope", string(q.Scope), "percent", percent, "used", used, "limit", q.Most, "per", string(q.Per),
		"reset", q.Window.Reset.Format(time.RFC3339))
	if g.Alerts.To == "" {
		return relay.Submission{}, false
	}
	now := g.now()
	id := relay.NewID()
	raw := fmt.Sprintf("From: spamreport relay <MAILER-DAEMON@%[1]s>\r\nTo: <%[2]s>\r\nSubject: %[3]s\r\nDate: %[4]s\r\nMessage-ID: <%[5]s@%[1]s>\r\n"+
		"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%[6]s",
		g.Alerts.Host, g.Alerts.To, mime.QEncoding.Encode("utf-8", subject(q, percent)), now.Format(time.RFC1123Z), id, g.letter(q, used, percent))
	return relay.Submission{
		ID: id, Envelope: relay.Envelope{To: []string{g.Alerts.To}}, Message: []byte(raw), Queued: now,
	}, true
}

func subject(q limit.Quota, percent int) string {
	return fmt.Sprintf("%d %% of the mail quota%s for this %s used", percent, about(q.Scope), q.Per)
}

func (g *Guard) letter(q limit.Quota, used, percent int) string {
	then := "Further mail goes out as long as there is room."
	if percent >= 100 {
		then = "Further mail waits in the queue until then."
		if g.Refuse {
			then = "Further mail is refused until then."
		}
	}
	return fmt.Sprintf("%d of %d recipients a %s%s are used (%d %%).\r\n"+
		"The quota starts anew at %s.\r\n%s\r\n\r\nAll quotas: spamreport relay status\r\n",
		used, q.Most, q.Per, about(q.Scope), used*100/q.Most, q.Window.Reset.Format(resetFormat), then)
}
