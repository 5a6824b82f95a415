package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dmarc"
)

// dmarc sees what the From domain asks for when mail is not its own, and
// whether mail from here is: by SPF or by DKIM, for a domain that fits that in
// the From field (RFC 7489 §3.1).
func (s Setup) dmarc(ctx context.Context, from sender) Result {
	domain := s.fromDomain()
	if domain == "" {
		return skip(noFrom)
	}
	if r, theirs := s.theProviders(); theirs {
		return r
	}
	record, policy, err := s.dmarcPolicy(ctx, domain)
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return warn(fmt.Sprintf(`publish in DNS: _dmarc.%s. IN TXT "v=DMARC1; p=none"`, registered(domain)),
			"%s has no DMARC record, which large providers want", domain)
	case dmarc.IsTempFail(err):
		return skip("%s: cannot tell: the DNS server fails", domain)
	case err != nil:
		return fail("repair the record: receivers ignore it as it is", "the DMARC record of %s: %s", domain, strings.TrimPrefix(err.Error(), "dmarc: "))
	}
	by, missing := s.aligned(ctx, record, from)
	if by != "" {
		return ok("%s asks for p=%s, and mail from here passes by %s", domain, policy, by)
	}
	what := fmt.Sprintf("%s asks for p=%s, and mail from here does not pass: %s", domain, policy, missing)
	do := "let mail pass by DKIM: spamreport relay dkim init --domain " + domain + "; or by SPF, see above; if the domain is not yours, write from one that is"
	if policy == dmarc.PolicyNone {
		return warn(do, "%s", what)
	}
	return fail(do, "%s, so receivers will %s", what, doomed[policy]).ifSure(s.Smarthost == nil || from.sure)
}

// doomed is what becomes of mail that does not pass.
var doomed = map[dmarc.Policy]string{dmarc.PolicyQuarantine: "file it as spam", dmarc.PolicyReject: "refuse it"}

// dmarcPolicy finds the record of a domain, or that of its registered domain
// (RFC 7489 §6.6.3), and what it asks for.
func (s Setup) dmarcPolicy(ctx context.Context, domain string) (*dmarc.Record, dmarc.Policy, error) {
	options := &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) { return s.Resolver.LookupTXT(ctx, absolute(name)) }}
	record, err := dmarc.LookupWithOptions(domain, options)
	if err == nil {
		return record, record.Policy, nil
	}
	org := registered(domain)
	if !errors.Is(err, dmarc.ErrNoPolicy) || org == domain {
		return nil, "", err
	}
	if record, err = dmarc.LookupWithOptions(org, options); err != nil {
		return nil, "", err
	}
	if record.SubdomainPolicy != "" {
		return record, record.SubdomainPolicy, nil
	}
	return record, record.Policy, nil
}

// aligned says by what mail passes, or what is missing. The envelope has the
// same domain as the From field, so SPF is aligned when it passes.
func (s Setup) aligned(ctx context.Context, record *dmarc.Record, from sender) (by, missing string) {
	domain := s.fromDomain()
	missing = "not signed (DKIM)"
	for _, k := range s.keysOf(domain) {
		strict := record.DKIMAlignment == dmarc.AlignmentStrict && !strings.EqualFold(k.Domain, domain)
		switch {
		case s.published(ctx, k).Status == Fail:
			missing = "signed with a key that is not published (DKIM)"
		case strict:
			missing = "signed for " + k.Domain + ", and adkim=s wants " + domain + " itself"
		default:
			return "DKIM", ""
		}
	}
	if len(from.addrs) == 0 {
		return "", missing + ", and SPF cannot be told without the sending address"
	}
	for _, addr := range from.addrs {
		if result, _ := s.checkSPF(ctx, addr); result != spf.Pass {
			return "", fmt.Sprintf("%s, and SPF says %s for %s", missing, result, addr)
		}
	}
	return "SPF", ""
}
