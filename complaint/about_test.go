package complaint

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"

	"spamreport/headers"
)

// page is a target as package target finds it.
func page() About {
	return About{
		Kind: KindLink, Name: "prize.evil.example", Address: netip.MustParseAddr("203.0.113.80"), Letter: "web-host",
		Links: []string{"hxxps://prize.evil.example/claim?for=alice%40example.org"}, Reason: "The message leads there.",
	}
}

func TestComplaintsAboutOneMessageHaveNamesOfTheirOwn(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	c := testComposer(t)
	seen := map[string]string{}
	for name, about := range map[string]About{
		"the source": {}, "a page": page(), "its domain": {Kind: KindRegistrar, Name: "prize.evil.example", Letter: "registrar"},
		"another page": {Kind: KindLink, Name: "b.example", Letter: "web-host"}, "the client": {Kind: KindOrigin, Name: "198.51.100.9", Address: netip.MustParseAddr("198.51.100.9")},
	} {
		inc.About = about
		got := compose(t, c, inc)
		checkMessage(t, got)
		for _, key := range []string{got.Incident, got.MessageID, inc.Fingerprint()} {
			if other, known := seen[key]; known {
				t.Errorf("%s and %s are both called %s", name, other, key)
			}
			seen[key] = name
		}
		if again := compose(t, c, inc); !bytes.Equal(again.Raw, got.Raw) {
			t.Errorf("%s is not the same the second time", name)
		}
	}
}

func TestAPageIsOneIncidentInWhateverMessages(t *testing.T) {
	a, b := testIncident([]byte("Subject: One thing and another\n\nfoo")), testIncident([]byte("Subject: Quite different\n\nbar"))
	if a.Fingerprint() == b.Fingerprint() {
		t.Error("two campaigns are the same")
	}
	a.About, b.About = page(), page()
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("one page is two incidents")
	}
	b.About.Name = "other.example"
	if a.Fingerprint() == b.Fingerprint() {
		t.Error("two pages are one incident")
	}
}

func TestTheNetworkIsThatOfTheTarget(t *testing.T) {
	inc := testIncident(nil)
	inc.About = page()
	if got := inc.SourceNetwork().String(); got != "203.0.113.0/24" {
		t.Error(got)
	}
	inc.About.Address = netip.Addr{}
	if got := inc.SourceNetwork(); got.IsValid() {
		t.Error(got)
	}
}

func TestALetterAboutAPage(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	inc.About, inc.Phishing = page(), "A form in it asks for a password and sends it to prize.evil.example."
	c := testComposer(t)
	c.Format = FormatXARF // cannot say it
	got := compose(t, c, inc)
	if got.Format != FormatText || !strings.HasPrefix(got.Subject, "prize.evil.example (203.0.113.80) advertised by spam") {
		t.Errorf("%s: %s", got.Format, got.Subject)
	}
	for _, want := range []string{"hxxps://prize.evil.example/claim?for=", "It is phishing. A form in it asks"} {
		if !strings.Contains(strings.Join(strings.Fields(got.Text), " "), want) {
			t.Errorf("no %q in\n%s", want, got.Text)
		}
	}
	if strings.Contains(got.Text, "alice") {
		t.Error("the letter names the reporter")
	}
	c.Format = FormatARF
	if raw := string(compose(t, c, inc).Raw); !strings.Contains(raw, "Reported-Domain: prize.evil.example\r\n") || !strings.Contains(raw, "Feedback-Type: fraud\r\n") {
		t.Error(raw)
	}
}

func TestALongLinkIsRedactedBeforeItIsCut(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	inc.About = page()
	for n := range 30 {
		inc.About.Links = []string{"hxxps://prize.evil.example/" + strings.Repeat("x", 160+n) + "alice@example.org"}
		if text := compose(t, testComposer(t), inc).Text; strings.Contains(text, "xal") {
			t.Fatalf("a part of the reporter's address is left:\n%s", text)
		}
	}
}

func TestALetterAboutTheClientBehindTheSource(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	inc.Verdict.Source.Provider = "Example Mail"
	inc.Verdict.Origin = &headers.Origin{IP: netip.MustParseAddr("198.51.100.9"), Hop: 2, By: "smtp.example.com"}
	inc.Verdict.Hops = append(inc.Verdict.Hops, headers.Hop{
		By: headers.By{Name: "smtp.example.com"}, ID: "abc123", Time: at(),
		From: headers.From{HELO: "laptop", IP: netip.MustParseAddr("198.51.100.9"), Port: 5050},
	})
	inc.About = About{Kind: KindOrigin, Name: "198.51.100.9", Address: inc.Verdict.Origin.IP, Letter: DefaultTemplate, Reason: "Example Mail wrote it down."}
	got := compose(t, testComposer(t), inc)
	for _, want := range []string{"Spam from 198.51.100.9 at", "Address:   198.51.100.9, port 5050", "Example Mail wrote it down.", "Taken by:  smtp.example.com, id abc123"} {
		if !strings.Contains(got.Subject+"\n"+got.Text, want) {
			t.Errorf("no %q in\n%s", want, got.Text)
		}
	}
	if strings.Contains(got.Text, "alice@") {
		t.Error("the letter names the reporter")
	}
}

func TestAReportToTheSignerBearsItsID(t *testing.T) {
	raw := []byte("CFBL-Address: fbl@example.com\nCFBL-Feedback-ID: 111:222:333\nMessage-ID: <a37e51bf@mailer.example.com>\n" + string(readSpam(t, "lottery.eml")))
	inc := testIncident(raw)
	inc.About = About{
		Kind: KindFeedback, Name: "fbl@example.com", Letter: "feedback", Format: FormatARF,
		Fields: []headers.Evidence{{Name: "CFBL-Feedback-ID", Value: "111:222:333"}},
	}
	got := compose(t, testComposer(t), inc)
	if got.Format != FormatARF {
		t.Errorf("it goes out as %s", got.Format)
	}
	_, sample, _ := strings.Cut(string(got.Raw), "Content-Type: message/rfc822")
	for _, want := range []string{"CFBL-Feedback-ID: 111:222:333\r\n", "Message-ID: <a37e51bf@mailer.example.com>\r\n"} {
		if !strings.Contains(sample, want) {
			t.Errorf("no %q in the evidence", want)
		}
	}
	if !strings.Contains(got.Text, "  CFBL-Feedback-ID: 111:222:333\n") {
		t.Error(got.Text)
	}
}

// TestAccountTokensReachTheProvider: the tokens by which a provider finds the
// account arrive whole, unless the reporter hides in one.
func TestAccountTokensReachTheProvider(t *testing.T) {
	token := "u1Tq7EqXs8oEzxDAyzqJw/" + strings.Repeat("kLm3Pq9Rs5Tv", 25) + "=="
	telling := base64.StdEncoding.EncodeToString([]byte("17:alice@example.org:v2"))
	raw := []byte("X-SG-EID: " + token[:200] + "\n " + token[200:] + "\nFeedback-ID: 4711:camp1:x:sender\nX-Tag: " + telling + "\n" + string(readSpam(t, "lottery.eml")))
	inc := testIncident(raw)
	inc.Verdict.Source.Provider = "SendGrid"
	inc.Verdict.Evidence = []headers.Evidence{{Name: "X-SG-EID", Value: token}, {Name: "Feedback-ID", Value: "4711:camp1:x:sender"}, {Name: "X-Tag", Value: telling}}
	for format := range writers() {
		c := testComposer(t)
		c.Format = format
		got := compose(t, c, inc)
		for _, want := range []string{"X-SG-EID: " + token, "Feedback-ID: 4711:camp1:x:sender"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: no %q in\n%s", format, want, got.Text)
			}
		}
		_, sample, _ := strings.Cut(string(got.Raw), "Content-Type: message/rfc822")
		if !strings.Contains(sample, "Feedback-ID: 4711:camp1:x:sender\r\n") || !strings.Contains(sample, token[:200]) {
			t.Errorf("%s: the evidence lost a token", format)
		}
		if strings.Contains(string(got.Raw), telling) || strings.Contains(got.Text, telling) {
			t.Errorf("%s: the reporter is left in a token", format)
		}
	}
}

func TestPhishingChoosesTheLetter(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	inc.Phishing = "A link shows bank.example and leads to evil.example."
	if got := LetterFor(inc); got != PhishingTemplate {
		t.Error(got)
	}
	c := testComposer(t)
	c.Format = FormatARF
	if got := compose(t, c, inc); !strings.HasPrefix(got.Subject, "Phishing from 192.0.2.7") || !bytes.Contains(got.Raw, []byte("Feedback-Type: fraud\r\n")) {
		t.Errorf("%s", got.Raw)
	}
	inc.Verdict.Source.Provider = "Example Mail" // whose desk looks for an account
	if got := LetterFor(inc); got != "sending-provider" {
		t.Error(got)
	}
}

func TestReadingAMessage(t *testing.T) {
	r := Read([]byte("Subject: =?utf-8?Q?caf=C3=A9?=\nX-A: 1\nX-A: 2\n 3\nContent-Type: multipart/mixed; boundary=b\n\n" +
		"--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>page</p>\n--c--\n" +
		"--b\nContent-Type: text/html; name=invoice.html\nContent-Transfer-Encoding: base64\n\nPGI+eDwvYj4=\n" +
		"--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nenclosed\n--b\nContent-Type: image/png\n\nx\n--b--\n"))
	if r.Field("subject") != "café" || strings.Join(r.Fields("x-a"), "|") != "1|2 3" {
		t.Errorf("%q %q", r.Field("subject"), r.Fields("x-a"))
	}
	var all []string
	for _, text := range r.Texts() {
		if !text.HTML {
			t.Errorf("%+v", text)
		}
		all = append(all, strings.TrimSpace(text.Body))
	}
	if got := strings.Join(all, "|"); got != "<p>page</p>|<b>x</b>" {
		t.Error(got)
	}
	if got := Plain("𝗣ауPal"); got != "paypal" {
		t.Error(got)
	}
}

func TestTheAuthorOfAMessage(t *testing.T) {
	for results, want := range map[string][2]bool{
		"mx.example.org; dmarc=pass header.from=evil.example":              {true, false},
		"mx.example.org; dkim=pass header.d=mail.evil.example":             {true, false},
		"mx.example.org; dmarc=fail header.from=evil.example":              {false, true},
		"mx.example.org; dmarc=none; spf=pass smtp.mailfrom=other.example": {false, false},
		"mx.example.org; dkim=pass header.d=other.example":                 {false, false},
	} {
		inc := testIncident([]byte("Authentication-Results: " + results + "\nFrom: \"a@bank.example\" <x@www.evil.example>\n\n"))
		domain, vouched, refuted := inc.Author()
		if domain != "evil.example" || vouched != want[0] || refuted != want[1] {
			t.Errorf("%s: %s %v %v", results, domain, vouched, refuted)
		}
	}
}
