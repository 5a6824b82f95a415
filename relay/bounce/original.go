package bounce

import (
	"strings"
)

// separators stand, in lower case, in the line above a returned message.
var separators = []string{
	"below this line is a copy of", "this is a copy of", "copy of the message", "copy of your message", "copy of the original", "original message follows", "unsent message follows", "message headers follow", "message header follows", "copy of the message follows", "headers of the original", "header of the original", "header of your message",
	"headers of your message", "original message header", "--- original message", "---original message", "----- original message", "returned message ---", "--- returned message", "undelivered message follows", "rejected message follows", "original mail ---", "original message is attached", "start of returned", "unsent message", "old message:",
	"original headers", "message headers ---", "message header ---", "--- message header", "--- original header", "-------original message", "your message reads", "your message reads (in part)", "the text of your message", "text of your message", "started with the following", "included is a copy", "below is the message", "kopie der nachricht", "ursprüngliche nachricht folgt", "copia del mensaje", "copie du message",
	"копия вашего письма", "********* copy", "attached is your message", "returned mail follows", "body of message generated response", "content of the mail you sent",
}

// trace is how a returned message begins that nothing announces.
var trace = compiled(`(?m)^>? ?(?:Received: (?:from|by|\()|Return-[Pp]ath: ?<|X-Envelope-(?:From|To): |Delivered-To: |DKIM-Signature: )`)

// cutOriginal parts the words of a server from the message that it returns in
// the same text. What is already known of the latter stays.
func cutOriginal(text, known string) (words, original string) {
	end := len(text)
	if at := trace().FindStringIndex(text); at != nil && at[0] > 0 {
		end = at[0]
	}
	if at := headerBlock(text); at > 0 {
		end = min(end, at)
	}
	for at := 0; at < end; {
		line, _, _ := strings.Cut(text[at:], "\n")
		if separates(line) && strings.TrimSpace(text[:at]) != "" {
			end = at
			break
		}
		at += len(line) + 1
	}
	return text[:end], join(known, text[end:])
}

// headerBlock finds a header that has no trace in the middle of a text: three
// fields or more in a row, a From and a Message-ID among them. Programs that
// list some fields of the message for its sender indent them.
func headerBlock(text string) int {
	start, at, fields := -1, 0, 0
	from, id := false, false
	for line := range strings.Lines(text) {
		switch {
		case isField([]byte(line)) && len(line) < maxField:
			if fields == 0 {
				start = at
			}
			fields++
			name, _, _ := strings.Cut(strings.ToLower(line), ":")
			from, id = from || name == "from", id || name == "message-id"
		case fields > 0 && (line[0] == ' ' || line[0] == '\t') && strings.TrimSpace(line) != "":
		default:
			fields, from, id = 0, false, false
		}
		if fields >= 3 && from && id {
			return start
		}
		at += len(line)
	}
	return -1
}

func separates(line string) bool {
	if len(line) > 200 {
		return false
	}
	line = strings.ToLower(line)
	if strings.Contains(line, "not receive") { // "these did NOT receive a copy of your message"
		return false
	}
	for _, s := range separators {
		if strings.Contains(line, s) {
			return true
		}
	}
	return false
}

var (
	messageIDField = compiled(`(?im)^[> ]{0,4}Message-Id:\s*(<[^<>\s]+>)`)
	messageID      = compiled(`<[^<>\s]+@[^<>\s]+>`)
	originalTo     = compiled(`(?im)^[> ]{0,4}(?:X-Envelope-To|To):[^\n]*?([^\s<>"',;:()\[\]]+@[a-z0-9._-]*[a-z0-9])`)
)

// originalID names the message that this one answers: the one that it returns
// before the one that its header names.
func (m *mail) originalID() string {
	for _, s := range []string{m.origin, m.report, m.text} {
		if found := messageIDField().FindStringSubmatch(s); found != nil {
			return found[1]
		}
	}
	for _, name := range []string{"In-Reply-To", "References", "X-Original-Message-Id", "Original-Message-Id"} {
		if ids := messageID().FindAllString(m.field(name), -1); ids != nil {
			return ids[len(ids)-1]
		}
	}
	if found := regexpOriginalID().FindStringSubmatch(m.notice); found != nil {
		return found[1]
	}
	return ""
}

var regexpOriginalID = compiled(`(?im)^Original-Message-Id:\s*(<[^<>\s]+>)`) // RFC 8098 §3.2.5
