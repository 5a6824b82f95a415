package complaint

import (
	"net/mail"
	"strings"
	"testing"
)

// FuzzCompose: whatever the spam, there is no panic and the complaint is a
// correct message. go test -fuzz=FuzzCompose ./complaint
func FuzzCompose(f *testing.F) {
	for _, raw := range hostileSpam() {
		if len(raw) < 4096 {
			f.Add([]byte(raw))
		}
	}
	f.Add(readSpam(f, "lottery.eml"))
	c := testComposer(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		for format := range writers() {
			own := *c
			own.Format = format
			checkMessage(t, compose(t, &own, testIncident(raw)))
		}
	})
}

// FuzzIdentity: nothing that a user or a registry writes breaks the header.
func FuzzIdentity(f *testing.F) {
	f.Add("Rosa", "reports@example.org", "abuse@example.net")
	f.Add("x\r\nBcc: a@example.com", "a@b\r\n", "\x00@example.net")
	c := testComposer(f)
	f.Add("Rosa", "rosa.o'neil+x@example.org", "a..b@example.net")
	f.Fuzz(func(t *testing.T, name, email, to string) {
		if parsed, err := mail.ParseAddress(to); dotAtoms(to) && (err != nil || parsed.Address != to) {
			t.Fatalf("%q counts as an address; net/mail says %v, %v", to, parsed, err)
		}
		own := *c
		own.Identity = Identity{Name: name, Email: email, Organisation: name, URL: email}
		contacts := desk()
		contacts[0].Email = to
		got, err := own.Compose(testIncident([]byte("Subject: x\r\n\r\ny")), contacts)
		if err != nil {
			return
		}
		checkMessage(t, got)
		if strings.ContainsAny(got.MessageID, " \r\n\t") {
			t.Errorf("Message-ID %q", got.MessageID)
		}
	})
}
