package relay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/relay"
)

// stamp is the header that Prepare adds to a message with none of it.
const stamp = "Date: Tue, 24 Nov 2026 06:00:00 +0000\n"

func prepareOptions() relay.PrepareOptions {
	return relay.PrepareOptions{
		Recipients: []string{desk}, DefaultFrom: "me@example.org", Domain: "host.example",
		Now: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC),
	}
}

func TestPrepareCompletesAndCleans(t *testing.T) {
	const id = "Message-ID: <1@x.example>\n"
	tests := []struct {
		name string
		in   string
		want string // with LF for CRLF
	}{
		{
			"a complete message stays as it is",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
		},
		{
			"Date, From and To are added",
			id + "Subject: x\n\nText\n",
			id + "Subject: x\n" + stamp + "From: me@example.org\nTo: undisclosed-recipients:;\n\nText\n",
		},
		{
			"Bcc goes, folded lines and all, and Return-Path",
			"Return-Path: <x@y.example>\nFrom: a@b.example\nbCC: secret@x.example,\n\tsecret2@x.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
		},
		{
			"a bare CR does not make a header field",
			"From: a@b.example\nTo: c@d.example\rX-Injected: yes\nDate: x\n" + id + "\nText\n",
			"From: a@b.example\nTo: c@d.example X-Injected: yes\nDate: x\n" + id + "\nText\n",
		},
		{
			"a missing last line ending is added",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
		},
		{
			"an mbox line before the header goes",
			"From a@b.example Mon Jan  1 00:00:00 2026\nFrom: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
		},
		{
			"a header without an empty line after it",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "Just text\n",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nJust text\n",
		},
		{
			"a header alone",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id,
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\n",
		},
		{
			"NUL goes",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nTe\x00xt\n",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n",
		},
		{
			"a dot stands for itself under -i",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n.\nmore\n",
			"From: a@b.example\nTo: c@d.example\nDate: x\n" + id + "\nText\n.\nmore\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := relay.Prepare([]byte(test.in), prepareOptions())
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(string(p.Message), "\r\n", "\n")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if strings.ContainsAny(got, "\r") || bytes.Count(p.Message, []byte("\n")) != bytes.Count(p.Message, []byte("\r\n")) {
				t.Errorf("line endings other than CRLF in %q", p.Message)
			}
			again, err := relay.Prepare(p.Message, prepareOptions())
			if err != nil || !bytes.Equal(again.Message, p.Message) {
				t.Errorf("preparing it once more changes it to %q, %v", again.Message, err)
			}
		})
	}
}

func TestPrepareMakesAMessageOfASentence(t *testing.T) {
	o := prepareOptions()
	o.FromName = "Cron \"Daemon\"\r\nBcc: x@y.example"
	o.DotEnds = true
	p, err := relay.Prepare([]byte("the backup failed: disk full\n.\nnever read\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(p.Message))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "me@example.org" || from[0].Name != `Cron "Daemon"??Bcc: x@y.example` {
		t.Errorf("From: %q, %v", m.Header.Get("From"), err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("Message-Id") == "" {
		t.Errorf("header %q", m.Header)
	}
	if body, _ := io.ReadAll(m.Body); string(body) != "the backup failed: disk full\r\n" {
		t.Errorf("body %q", body)
	}
}

func TestPrepareFindsTheEnvelope(t *testing.T) {
	tests := []struct {
		name   string
		header string
		change func(*relay.PrepareOptions)
		want   relay.Envelope
		err    error
	}{
		{
			name: "the recipients that were given, each once",
			change: func(o *relay.PrepareOptions) {
				o.Recipients = []string{desk, "The Desk <" + desk + ">", "root"}
			},
			want: relay.Envelope{From: "me@example.org", To: []string{desk, "root@host.example"}},
		},
		{
			name:   "-t takes To, Cc and Bcc",
			header: "To: a@x.example, \"B, C\" <b@x.example>\nCc: c@x.example (a, comment),\n d@x.example\nBcc: e@x.example\n",
			change: func(o *relay.PrepareOptions) { o.FromHeader, o.Recipients = true, nil },
			want: relay.Envelope{From: "me@example.org", To: []string{
				"a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example",
			}},
		},
		{
			name:   "-t adds to those that were given",
			header: "To: a@x.example\n",
			change: func(o *relay.PrepareOptions) { o.FromHeader = true },
			want:   relay.Envelope{From: "me@example.org", To: []string{desk, "a@x.example"}},
		},
		{
			name:   "-t takes groups apart",
			header: "To: friends: a@x.example, b@x.example;, undisclosed-recipients:;\n",
			change: func(o *relay.PrepareOptions) { o.FromHeader, o.Recipients = true, nil },
			want:   relay.Envelope{From: "me@example.org", To: []string{"a@x.example", "b@x.example"}},
		},
		{
			name:   "a name of this host",
			header: "To: root\n",
			change: func(o *relay.PrepareOptions) { o.FromHeader, o.Recipients = true, nil },
			want:   relay.Envelope{From: "me@example.org", To: []string{"root@host.example"}},
		},
		{
			name:   "the null sender",
			change: func(o *relay.PrepareOptions) { o.From = "<>" },
			want:   relay.Envelope{To: []string{desk}},
		},
		{
			name:   "the author sends, when nothing else is known",
			header: "From: Alice <alice@example.org>\n",
			change: func(o *relay.PrepareOptions) { o.DefaultFrom = "" },
			want:   relay.Envelope{From: alice, To: []string{desk}},
		},
		{
			name:   "a domain beyond ASCII",
			change: func(o *relay.PrepareOptions) { o.Recipients = []string{"abuse@bücher.example"} },
			want:   relay.Envelope{From: "me@example.org", To: []string{"abuse@xn--bcher-kva.example"}},
		},
		{
			name:   "nobody to send to",
			change: func(o *relay.PrepareOptions) { o.Recipients = nil },
			err:    relay.ErrNoRecipients,
		},
		{
			name:   "-t and no recipient in the header",
			change: func(o *relay.PrepareOptions) { o.FromHeader, o.Recipients = true, nil },
			err:    relay.ErrNoRecipients,
		},
		{
			name:   "nobody who sends",
			change: func(o *relay.PrepareOptions) { o.DefaultFrom = "" },
			err:    relay.ErrNoSender,
		},
		{
			name:   "a line break in an address",
			change: func(o *relay.PrepareOptions) { o.Recipients = []string{"a@x.example>\r\nRCPT TO:<b@x.example"} },
			err:    relay.ErrAddress,
		},
		{
			name:   "an ESMTP parameter in an address",
			change: func(o *relay.PrepareOptions) { o.Recipients = []string{"a@x.example> NOTIFY=NEVER"} },
			err:    relay.ErrAddress,
		},
		{
			name:   "a line break in the sender",
			change: func(o *relay.PrepareOptions) { o.From = "a@x.example\nDATA" },
			err:    relay.ErrAddress,
		},
		{
			name:   "no address at all",
			change: func(o *relay.PrepareOptions) { o.Recipients = []string{"two words"} },
			err:    relay.ErrAddress,
		},
		{
			name:   "a mail loop",
			header: strings.Repeat("Received: from a by b; Mon, 1 Jan 2026 00:00:00 +0000\n", 101),
			change: func(*relay.PrepareOptions) {},
			err:    relay.ErrLoop,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := prepareOptions()
			test.change(&o)
			p, err := relay.Prepare([]byte(test.header+"Subject: x\n\nText\n"), o)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(test.want, p.Envelope); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPrepareBreaksOverlongLines(t *testing.T) {
	long := strings.Repeat("grüße und mehr ", 200)
	tests := []struct {
		name   string
		header string
		same   bool // the text can be had back from quoted-printable
	}{
		{"a text without MIME", "", true},
		{"a MIME text", "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", true},
		{"a multipart", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", false},
		{"a text that is encoded already", "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := test.header + "Subject: " + long + "\n\n" + long + "\nshort = line\n"
			p, err := relay.Prepare([]byte(in), prepareOptions())
			if err != nil {
				t.Fatal(err)
			}
			for line := range bytes.Lines(p.Message) {
				if len(line) > 1000 {
					t.Errorf("a line of %d octets: %.60q…", len(line), line)
				}
			}
			m, err := mail.ReadMessage(bytes.NewReader(p.Message))
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Header.Get("Subject"); got != strings.TrimSpace(long) {
				t.Errorf("the subject changed to %.60q…", got)
			}
			if !test.same {
				return
			}
			if cte := m.Header.Get("Content-Transfer-Encoding"); cte != "quoted-printable" {
				t.Fatalf("encoded as %q", cte)
			}
			body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if want := long + "\r\nshort = line\r\n"; err != nil || string(body) != want {
				t.Errorf("the text changed: %.60q…, %v", body, err)
			}
		})
	}
}

func TestAPreparedMessageOutlivesWhatItCameFrom(t *testing.T) {
	raw := []byte("From: a@example.org\r\nSubject: kept\r\n\r\nkept\r\n")
	o := prepareOptions()
	p, err := relay.Prepare(raw, o)
	if err != nil {
		t.Fatal(err)
	}
	before := string(p.Message) + fmt.Sprint(p.Facts)
	copy(raw, bytes.Repeat([]byte("x"), len(raw)))
	if after := string(p.Message) + fmt.Sprint(p.Facts); after != before {
		t.Errorf("it became %q", after)
	}
}

func TestPrepareRefusesWhatIsTooLarge(t *testing.T) {
	_, err := relay.Prepare(make([]byte, relay.MaxMessage+1), prepareOptions())
	if !errors.Is(err, relay.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}

func TestQueueIDsSortByTime(t *testing.T) {
	seen := make(map[string]bool)
	last := ""
	for range 1000 {
		id := relay.NewID()
		if seen[id] || len(id) != 16 {
			t.Fatalf("id %q, seen before: %v", id, seen[id])
		}
		seen[id] = true
		if id[:11] < last {
			t.Fatalf("%s comes after %s", id, last)
		}
		last = id[:11]
	}
}

func BenchmarkPrepare(b *testing.B) {
	text := []byte("From: a@b.example\nTo: c@d.example\nSubject: x\n\n" + strings.Repeat("A line of ordinary length in a mail.\n", 200))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := relay.Prepare(text, prepareOptions()); err != nil {
			b.Fatal(err)
		}
	}
}

func ExamplePrepare() {
	p, err := relay.Prepare([]byte("From: alice@example.org\nTo: desk@example.net\nBcc: carol@example.org\n"+
		"Date: Tue, 24 Nov 2026 06:00:00 +0000\nMessage-ID: <1@example.org>\nSubject: Hello\n\nText\n"),
		relay.PrepareOptions{FromHeader: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Envelope.From, "to", p.Envelope.To)
	fmt.Print(strings.ReplaceAll(string(p.Message), "\r\n", "\n"))
	// Output:
	// alice@example.org to [desk@example.net carol@example.org]
	// From: alice@example.org
	// To: desk@example.net
	// Date: Tue, 24 Nov 2026 06:00:00 +0000
	// Message-ID: <1@example.org>
	// Subject: Hello
	//
	// Text
}
