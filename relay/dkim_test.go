package relay_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"spamreport/internal/servertest"
	"spamreport/relay"
	"spamreport/relay/dkim"
)

// TestSignaturesVerifyBehindARealPostfix sends what Prepare makes of mail as
// programs write it, and has others verify what arrived.
func TestSignaturesVerifyBehindARealPostfix(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	servertest.RequireOrSkip(t, servertest.DKIMPackages, "opendkim")
	records := map[string]string{}
	var keys []dkim.Key
	for selector, algorithm := range map[string]dkim.Algorithm{"mail": dkim.RSA, "mail-ed25519": dkim.Ed25519} {
		key, err := dkim.Generate("example.org", selector, algorithm)
		if err != nil {
			t.Fatal(err)
		}
		keys, records[key.Name()] = append(keys, key), key.Record()
	}
	r := viaPostfix(t, p, p.Submission, relay.TLSStart)
	signer, err := dkim.NewSigner(keys...)
	if err != nil {
		t.Fatal(err)
	}
	r.Signer = signer
	tests := []struct{ name, message string }{
		{"from a script", "Subject: backup done\n\nAll fine.\n"},
		{"without a text", "Subject: nothing\n\n"},
		{"with dots and blanks", "Subject: x\n\n.\n..\n \t\nx \n\n\n"},
		{"in UTF-8", "From: Zoë <alice@example.org>\nSubject: Grüße\nContent-Type: text/plain; charset=utf-8\n\nGrüße\n"},
		{"with overlong lines", "Subject: " + strings.Repeat("long ", 300) + "\n\n" + strings.Repeat("x", 5000) + "\n"},
		{"with fields that are folded oddly", "Subject:\n\tone\n \n two\nX-Y: z\n\nx\n"},
		{"with blanks before the colon", "Subject : x\n\nx\n"},
		{"in many parts", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/rfc822\n\nFrom: x@y.example\n\nspam\n--b--\n"},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := strings.ReplaceAll(test.name, " ", "-") + "@example.net"
			m, err := relay.Prepare([]byte(test.message), relay.PrepareOptions{Recipients: []string{to}, DefaultFrom: alice})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Submit(t.Context(), m.Envelope, m.Message); err != nil {
				t.Fatal(err)
			}
			if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 1 {
				t.Fatalf("message %d: %+v, %v\n%s", i, report, err, p.Log())
			}
			verdicts := servertest.VerifyDKIM(t, p.WaitMail(t, to, 1)[0], records)
			slices.Sort(verdicts)
			want := []string{
				"dkimpy ed25519-sha256 mail-ed25519 pass", "dkimpy rsa-sha256 mail pass",
				"opendkim ed25519-sha256 mail-ed25519 pass", "opendkim rsa-sha256 mail pass",
			}
			if !slices.Equal(verdicts, want) {
				t.Errorf("%q", verdicts)
			}
		})
	}
}

// broken is a signer whose key is gone.
type broken struct{}

var errNoKey = errors.New("no key")

func (broken) Sign([]byte) ([]byte, error) { return nil, errNoKey }

func TestWhatCannotBeSignedIsNotAccepted(t *testing.T) {
	r := newRelay(t, "127.0.0.1:1")
	r.Signer = broken{}
	_, err := r.Submit(t.Context(), relay.Envelope{From: alice, To: []string{desk}}, message("x"))
	if !errors.Is(err, errNoKey) || relay.SendmailExit(err) != relay.ExDataErr {
		t.Errorf("accepted, %v, exit status %d", err, relay.SendmailExit(err))
	}
	if next, err := r.Queue.NextDue(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("something waits in the queue: %v, %v", next, err)
	}
}

// grow signs with more than there is room for.
type grow struct{}

func (grow) Sign(message []byte) ([]byte, error) {
	return append(make([]byte, relay.MaxMessage), message...), nil
}

func TestASignatureDoesNotLiftTheLimitOfSize(t *testing.T) {
	r := newRelay(t, "127.0.0.1:1")
	r.Signer = grow{}
	_, err := r.Submit(t.Context(), relay.Envelope{From: alice, To: []string{desk}}, message("x"))
	if !errors.Is(err, relay.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}
