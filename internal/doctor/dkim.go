package doctor

import (
	"context"
	"errors"
	"strings"

	"spamreport/relay/dkim"
)

// goodBits is the size of an RSA key that RFC 8301 §3.2 asks signers for.
const goodBits = 2048

// dkim compares the keys that sign mail from the From domain with their records.
func (s Setup) dkim(ctx context.Context, _ sender) Result {
	domain := s.fromDomain()
	if domain == "" {
		return skip(noFrom)
	}
	if r, theirs := s.theProviders(); theirs {
		return r
	}
	keys := s.keysOf(domain)
	if len(keys) == 0 {
		what := "mail from %s is not signed"
		if s.Smarthost != nil {
			what += " here; the smarthost may do it"
		}
		return warn("make keys: spamreport relay dkim init --domain "+domain, what, domain)
	}
	var names []string
	for _, k := range keys {
		if r := s.published(ctx, k); r.Status != OK {
			return r
		}
		names = append(names, k.Selector+" ("+string(k.Algorithm())+")")
	}
	return ok("mail from %s is signed, and the records fit: %s", domain, strings.Join(names, ", "))
}

func (s Setup) keysOf(domain string) []dkim.Key {
	signer, err := dkim.NewSigner(s.Keys...)
	if err != nil {
		return nil // no mail is sent with such a key: nothing would start
	}
	return signer.Keys(domain)
}

func (s Setup) published(ctx context.Context, k dkim.Key) Result {
	records, err := s.txt(ctx, k.Name())
	if err != nil {
		return unanswered(k.Name(), err)
	}
	publish := "publish in DNS: " + k.Zone()
	switch err := k.Published(records); {
	case err == nil:
	case errors.Is(err, dkim.ErrTesting):
		return warn("take t=y out of the record once all works", "%s: %s", k.Name(), err)
	case errors.Is(err, dkim.ErrNoRecord):
		return fail(publish, "mail is signed with a key that is not in DNS: nothing at %s", k.Name())
	case errors.Is(err, dkim.ErrRevoked):
		return fail("make a key under another selector: spamreport relay dkim init --selector …", "%s: %s", k.Name(), err)
	default:
		return fail(publish, "%s: %s", k.Name(), err)
	}
	if k.Algorithm() == dkim.RSA && k.Bits() < goodBits {
		return warn("make a longer key under another selector: spamreport relay dkim init --rsa --selector …",
			"%s: an RSA key of %d bits is short", k.Name(), k.Bits())
	}
	return ok("")
}
