package dsn

import (
	"fmt"
	"mime"
	"strings"
	"time"

	"spamreport/relay/bounce"
)

// meanings say to people what a class of refusals means, and what to do.
var meanings = map[bounce.Class]string{
	bounce.Hard:    "This address does not exist, or takes no mail. Please check how it is spelled.",
	bounce.Soft:    "The other side could not take the message now. You may send it again later.",
	bounce.Block:   "The server there refuses the message, not the address: because of what is in it, or because of who sends it.",
	bounce.Unknown: "The server there refuses the message.",
}

// openings are the sentences above the recipients.
var openings = []struct {
	action   Action
	sentence string
}{
	{Failed, "could not be delivered to:"},
	{Delayed, "has not been delivered yet. You need not do anything; it is still being tried for:"},
	{Relayed, "was handed on to a server that sends no receipts, so this is all that you will hear about:"},
}

// explanation is the part for people.
func (n Notice) explanation() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("This is the mail program at %s.", n.Host)
	line("")
	line("Your message of %s", n.Queued.Format(time.RFC1123Z))
	if subject := n.originalSubject(); subject != "" {
		line("    Subject: %s", subject)
	}
	for _, opening := range openings {
		first := true
		for _, r := range n.Recipients {
			if r.Action != opening.action {
				continue
			}
			if first {
				line("%s", opening.sentence)
				first = false
			}
			line("")
			line("<%s>", oneLine(r.Address))
			r.explain(line)
		}
	}
	return b.String()
}

// explain says what happened to one recipient.
func (r Recipient) explain(line func(string, ...any)) {
	if r.Text != "" || r.Code != 0 {
		line("    %s", r.reply())
	}
	if r.Action == Delayed && !r.Until.IsZero() {
		line("    It is given up at %s.", r.Until.Format(time.RFC1123Z))
	}
	if r.Action != Failed || strings.HasPrefix(r.Text, "not sent: ") { // the relay's own words say all
		return
	}
	v := bounce.Classify(r.Code, r.Status, r.Text)
	line("    %s", meanings[v.Class])
	if v.Help != "" {
		line("    More: %s", v.Help)
	}
}

// originalSubject is the subject of the message, for people.
func (n Notice) originalSubject() string {
	found := subjectField.FindSubmatch(n.header())
	if found == nil {
		return ""
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(oneLine(string(found[1])))
	if err != nil {
		subject = oneLine(string(found[1]))
	}
	const most = 200
	if subject = oneLine(subject); len(subject) > most {
		subject = strings.ToValidUTF8(subject[:most], "") + "…"
	}
	return subject
}

// oneLine keeps letters of every script, and no control characters.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))), " ")
}
