package complaint

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"

	"spamreport/headers"
)

// readARF reads a feedback report the way a desk's program does.
func readARF(t *testing.T, raw []byte) (types []string, report textproto.MIMEHeader) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	mediaType, params, err := e.Header.ContentType()
	if err != nil || mediaType != "multipart/report" || params["report-type"] != "feedback-report" {
		t.Fatalf("content type %s %v (%v)", mediaType, params, err)
	}
	mr := e.MultipartReader()
	for {
		p, err := mr.NextPart()
		if err == io.EOF {
			return types, report
		}
		if err != nil {
			t.Fatal(err)
		}
		mediaType, _, _ := p.Header.ContentType()
		types = append(types, mediaType)
		if mediaType == "message/feedback-report" {
			report, err = textproto.NewReader(bufio.NewReader(p.Body)).ReadMIMEHeader()
			if err != nil && err != io.EOF {
				t.Fatal(err)
			}
		}
	}
}

func TestARF(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	hop := &inc.Verdict.Hops[1]
	hop.EnvelopeFrom, hop.From.Port = "winner@bulk.example.com", 40312
	inc.Verdict.Evidence = []headers.Evidence{{Name: "Authentication-Results", Value: "mx.example.org; spf=fail smtp.mailfrom=bulk.example.com"}}
	c := testComposer(t)
	c.Format = FormatARF
	got := compose(t, c, inc)
	checkMessage(t, got)
	types, report := readARF(t, got.Raw)
	if d := cmp.Diff([]string{"text/plain", "message/feedback-report", "message/rfc822"}, types); d != "" {
		t.Error(d)
	}
	want := textproto.MIMEHeader{
		"Feedback-Type":          {"abuse"},
		"User-Agent":             {DefaultUserAgent},
		"Version":                {"1"},
		"Original-Mail-From":     {"<winner@bulk.example.com>"},
		"Original-Rcpt-To":       {"<B1H3SntKLDue-zOq@hidden-1d6b1604d8.invalid>"},
		"Source-Ip":              {"192.0.2.7"},
		"Source-Port":            {"40312"},
		"Arrival-Date":           {"Fri, 02 Jan 2026 03:04:05 +0000"},
		"Reporting-Mta":          {"dns; hidden-5ec0bd3d3a.invalid"},
		"Authentication-Results": {"hidden-5ec0bd3d3a.invalid; spf=fail smtp.mailfrom=bulk.example.com"},
	}
	if report["Reporting-Mta"] != nil { // the token depends on the key; one name has one
		name, _ := strings.CutPrefix(report.Get("Reporting-Mta"), "dns; ")
		want["Reporting-Mta"][0] = "dns; " + name
		want["Authentication-Results"][0] = name + "; spf=fail smtp.mailfrom=bulk.example.com"
	}
	if d := cmp.Diff(want, report); d != "" {
		t.Error(d)
	}
}

func TestARFWithLittleKnowledgeHasTheRequiredFields(t *testing.T) {
	inc := testIncident([]byte("Subject: x\n\ny"))
	inc.Verdict.Hops, inc.Received = nil, time.Time{}
	c := testComposer(t)
	c.Format = FormatARF
	_, report := readARF(t, compose(t, c, inc).Raw)
	want := textproto.MIMEHeader{
		"Feedback-Type": {"abuse"}, "User-Agent": {DefaultUserAgent}, "Version": {"1"}, "Source-Ip": {"192.0.2.7"},
	}
	if d := cmp.Diff(want, report); d != "" {
		t.Error(d)
	}
}

// readerPython prints what Python's email package makes of a message: the
// types of its parts, the defects, the fields of the report, and the subject
// of the enclosed message.
const readerPython = `
import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
def show(p, depth):
    print(depth, p.get_content_type(), len(p.defects))
    if p.get_content_type() == "message/feedback-report":
        print("fields", *[k + "=" + v for k, v in p.get_payload()[0].items() if k in ("Feedback-Type", "Version", "Source-IP")])
    elif p.is_multipart():
        for q in p.get_payload(): show(q, depth + 1)
show(m, 0)
print("subject", m["Subject"])
`

func TestPythonReadsTheReport(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	c := testComposer(t)
	c.Format = FormatARF
	got := compose(t, c, testIncident(readSpam(t, "lottery.eml")))
	cmd := exec.Command(python, "-c", readerPython)
	cmd.Stdin = bytes.NewReader(got.Raw)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := `0 multipart/report 0
1 text/plain 0
1 message/feedback-report 0
fields Feedback-Type=abuse Version=1 Source-IP=192.0.2.7
1 message/rfc822 0
2 multipart/alternative 0
3 text/plain 0
3 text/html 0
subject ` + got.Subject + "\n"
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
}
