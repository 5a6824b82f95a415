package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"blitiri.com.ar/go/spf"
)

const noFrom = "no address in [identity]"

// spf evaluates the policy of the From domain, which is also that of the
// envelope, for each address that mail leaves from.
func (s Setup) spf(ctx context.Context, from sender) Result {
	domain := s.fromDomain()
	if domain == "" {
		return skip(noFrom)
	}
	if r, theirs := s.theProviders(); theirs {
		return r
	}
	records, err := s.spfRecords(ctx, domain)
	switch {
	case err != nil:
		return unanswered(domain, err)
	case len(records) == 0:
		return warn("publish in DNS: "+s.spfRecord(domain, from), "%s says nothing of who sends for it: no SPF record", domain)
	case len(records) > 1:
		return fail("make one record of them: two are none (RFC 7208 §4.5)", "%s has %d SPF records", domain, len(records))
	case len(from.addrs) == 0:
		return Result{
			Status: Skip, Do: sayAddress,
			What: fmt.Sprintf("%s has %q; whether that allows the sending address cannot be told: %s", domain, clip(records[0]), from.why),
		}
	}
	for _, addr := range from.addrs {
		if r := s.spfVerdict(ctx, domain, addr, from, records[0]); r.Status != OK {
			return r
		}
	}
	return ok("%s allows %s to send for it", domain, addrList(from))
}

func (s Setup) spfVerdict(ctx context.Context, domain string, addr netip.Addr, from sender, record string) Result {
	result, err := s.checkSPF(ctx, addr)
	who := fmt.Sprintf("%s (%s)", addr, from.whose)
	allow := fmt.Sprintf("add %s to the record %q of %s", s.mechanism(addr), clip(record), domain)
	if !from.sure {
		allow += ", or " + sayAddress
	}
	switch result {
	case spf.Pass:
		return ok("")
	case spf.Fail:
		return fail(allow, "%s forbids %s to send for it", domain, who).ifSure(from.sure)
	case spf.SoftFail, spf.Neutral, spf.None:
		return warn(allow, "%s does not allow %s to send for it (%s)", domain, who, result)
	case spf.PermError:
		return fail("repair the record of "+domain, "the SPF record %q cannot be used: %v", clip(record), err)
	}
	return unanswered(domain, err)
}

func (s Setup) checkSPF(ctx context.Context, addr netip.Addr) (spf.Result, error) {
	return spf.CheckHostWithSender(net.IP(addr.AsSlice()), s.heloName(), s.Config.Identity.Email,
		spf.WithContext(ctx), spf.WithResolver(s.Resolver))
}

func (s Setup) spfRecords(ctx context.Context, domain string) ([]string, error) {
	all, err := s.txt(ctx, domain)
	var policies []string
	for _, r := range all {
		if version, _, _ := strings.Cut(strings.ToLower(r), " "); version == "v=spf1" {
			policies = append(policies, r)
		}
	}
	return policies, err
}

// mechanism lets an address pass. Of a smarthost it is better to take the
// provider's own list.
func (s Setup) mechanism(addr netip.Addr) string {
	if s.Smarthost != nil {
		return "the include: that the provider of the smarthost names"
	}
	if addr.Is6() {
		return "ip6:" + addr.String()
	}
	return "ip4:" + addr.String()
}

// spfRecord is a record to start from.
func (s Setup) spfRecord(domain string, from sender) string {
	who := "mx"
	if s.Smarthost != nil {
		who = "include:SPF-NAME-OF-THE-PROVIDER"
	} else if len(from.addrs) > 0 {
		var list []string
		for _, a := range from.addrs {
			list = append(list, s.mechanism(a))
		}
		who = strings.Join(list, " ")
	}
	return fmt.Sprintf(`%s. IN TXT "v=spf1 %s -all"`, domain, who)
}

func addrList(from sender) string {
	var list []string
	for _, a := range from.addrs {
		list = append(list, a.String())
	}
	return strings.Join(list, " and ")
}

// clip keeps a record on a line.
func clip(record string) string {
	const most = 200
	if len(record) <= most {
		return record
	}
	return record[:most] + "…"
}
