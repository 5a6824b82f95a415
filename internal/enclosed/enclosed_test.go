package enclosed_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"spamreport/internal/enclosed"
)

const spam = "Received: from x (x [192.0.2.7]) by mx.example.org; Mon, 2 Jan 2006 15:04:05 +0000\r\nSubject: buy\r\n\r\nnow\r\n"

// forward wraps parts, each with its own header, as mail programs do.
func forward(parts ...string) string {
	text := "From: Zoe <zoe@example.org>\r\nSubject: Fwd: buy\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n"
	for _, part := range parts {
		text += "--b1\r\n" + part + "\r\n"
	}
	return text + "--b1--\r\n"
}

var (
	note    = "Content-Type: text/plain\r\n\r\nSee below."
	asIs    = "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"buy.eml\"\r\n\r\n" + spam
	in64    = "Content-Type: message/rfc822; name=buy.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(spam))
	octets  = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=utf-8''K%C3%A4ufe.EML\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(spam))
	picture = "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo="
)

func TestEnclosedMessagesAreFound(t *testing.T) {
	digest := "Content-Type: multipart/digest; boundary=b2\r\n\r\n--b2\r\nContent-Type: message/rfc822\r\n\r\n" + spam + "\r\n--b2--"
	for name, tc := range map[string]struct {
		text string
		want int
	}{
		"as message/rfc822":                         {forward(note, asIs), 1},
		"in base64, as some programs do":            {forward(note, in64), 1},
		"as a file that is called .eml":             {forward(octets), 1},
		"several at once":                           {forward(note, asIs, picture, in64, octets), 3},
		"in a digest":                               {forward(note, digest), 1},
		"with LF":                                   {strings.ReplaceAll(forward(note, asIs), "\r\n", "\n"), 1},
		"behind a charset that nobody knows":        {forward("Content-Type: text/plain; charset=x-none\r\n\r\nhm", asIs), 1},
		"not in a message that is forwarded inline": {"From: zoe@example.org\r\nContent-Type: text/plain\r\n\r\n---- Forwarded ----\r\n" + spam, 0},
		"not in a file of another kind":             {forward(note, picture), 0},
		"not where the message was cut":             {forward(note, asIs)[:len(forward(note, asIs))-20], 0},
		"not in nothing":                            {"", 0},
		"not in a multipart without a boundary":     {"Content-Type: multipart/mixed\r\n\r\n" + asIs, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := enclosed.Messages([]byte(tc.text))
			if len(got) != tc.want {
				t.Fatalf("%d messages: %q", len(got), got)
			}
			for _, m := range got {
				if text := strings.TrimRight(strings.ReplaceAll(string(m), "\r\n", "\n"), "\n"); text != strings.TrimRight(strings.ReplaceAll(spam, "\r\n", "\n"), "\n") {
					t.Errorf("%q", m)
				}
			}
		})
	}
}

// What a spam message itself encloses was not forwarded by anybody.
func TestAnEnclosedMessageIsNotOpened(t *testing.T) {
	inner := forward(asIs)
	got := enclosed.Messages([]byte(forward("Content-Type: message/rfc822\r\n\r\n" + strings.ReplaceAll(inner, "b1", "b9"))))
	if len(got) != 1 || !bytes.Contains(got[0], []byte("Subject: Fwd: buy")) {
		t.Errorf("%q", got)
	}
}

func TestTheSearchIsBounded(t *testing.T) {
	many := make([]string, 5000)
	for i := range many {
		many[i] = asIs
	}
	if got := enclosed.Messages([]byte(forward(many...))); len(got) != enclosed.MaxMessages {
		t.Errorf("%d messages of 5000", len(got))
	}
	deep := asIs
	for i := range 100 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=d%d\r\n\r\n--d%d\r\n%s\r\n--d%d--", i, i, deep, i)
	}
	if got := enclosed.Messages([]byte(forward(deep))); len(got) != 0 {
		t.Errorf("found at a depth of 100: %q", got)
	}
}

func TestSendersAreNamed(t *testing.T) {
	senders := enclosed.Senders{"zoe@example.org", "@friends.example"}
	for from, want := range map[string]bool{
		"From: zoe@example.org":                               true,
		"From: Zoe <ZOE@Example.ORG>":                         true,
		"From: anybody@friends.example":                       true,
		"From: zoe@example.org.evil.example":                  false,
		"From: anybody@sub.friends.example":                   false,
		"From: friends.example":                               false,
		"From: \"zoe@example.org\" <mallory@evil.example>":    false,
		"From: zoe@example.org, mallory@evil.example":         false,
		"From: zoe@example.org\r\nFrom: mallory@evil.example": false,
		"Sender: zoe@example.org":                             false,
		"From: ":                                              false,
		"":                                                    false,
	} {
		if _, got := senders.Allow([]byte(from + "\r\nSubject: x\r\n\r\nbody\r\n")); got != want {
			t.Errorf("%q: %v", from, got)
		}
	}
	for _, nobody := range []enclosed.Senders{nil, {}, {""}, {"@"}} {
		if _, allowed := nobody.Allow([]byte("From: zoe@example.org\r\n\r\n")); allowed {
			t.Errorf("%q names nobody", nobody)
		}
	}
}

func FuzzMessages(f *testing.F) {
	for _, text := range []string{forward(note, asIs), forward(in64), forward(octets), "", "a", forward(asIs)[:120]} {
		f.Add([]byte(text))
	}
	senders := enclosed.Senders{"zoe@example.org", "@friends.example"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if from, allowed := senders.Allow(raw); allowed && !strings.EqualFold(from, "zoe@example.org") && !strings.HasSuffix(strings.ToLower(from), "@friends.example") {
			t.Errorf("%q may not", from)
		}
		total := 0
		got := enclosed.Messages(raw)
		for _, m := range got {
			total += len(m)
		}
		if len(got) > enclosed.MaxMessages || total > len(raw) {
			t.Errorf("%d messages with %d octets out of %d", len(got), total, len(raw))
		}
	})
}
