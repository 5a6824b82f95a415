// Package mx finds the servers that take the mail for a domain (RFC 5321 §5).
//
// A domain names them in MX records, the lower preference first; those of the
// same preference share the load, so their order is drawn anew each time. A
// domain without MX records is its own server, if it has an address. A domain
// whose only MX is "." takes no mail at all and says so (RFC 7505).
//
// What DNS says is written by strangers. An MX that points to this machine
// would be a loop, and one that points into the private network behind it
// would have the relay talk to whatever listens there: neither is followed.
package mx

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"

	"spamreport/relay/resolver"
)

// Finder finds servers.
type Finder struct {
	Resolver *resolver.Client
	// AllowPrivate are networks that count as public although they are not:
	// for servers of one's own, and tests.
	AllowPrivate []netip.Prefix
	// Self are the names of this machine, and SelfAt its addresses. A domain
	// whose best server is this machine would come back to it.
	Self   []string
	SelfAt []netip.Addr
}

// Host is a server that takes mail for a domain.
type Host struct {
	Name       string // in ASCII, without the dot at the end
	Preference uint16
	// Secure says that DNSSEC has shown the way from the domain to this name
	// to be genuine.
	Secure bool
	// Literal is the address, when the domain was one: [192.0.2.1]. There is
	// no name then.
	Literal netip.Addr
}

// Refusal says that a domain takes no mail, and that it would not help to ask
// again.
type Refusal struct {
	Code   int    // as an SMTP server would say it
	Status string // enhanced status code (RFC 3463)
	Text   string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s %s", r.Code, r.Status, r.Text) }

// maxHosts is how many servers of a domain are looked at.
const maxHosts = 20

// Find returns the servers of a domain in the order in which to try them. The
// error is a *Refusal when there are none and will be none.
func (f *Finder) Find(ctx context.Context, domain string) ([]Host, error) {
	if literal, is := strings.CutPrefix(domain, "["); is {
		return f.literal(strings.TrimSuffix(literal, "]"))
	}
	name, err := ToASCII(domain)
	if err != nil {
		return nil, &Refusal{550, "5.1.2", fmt.Sprintf("%q is no domain name", domain)}
	}
	answer, err := f.Resolver.Lookup(ctx, name, dns.TypeMX)
	if errors.Is(err, resolver.ErrNoName) {
		return nil, &Refusal{550, "5.1.2", "the domain " + name + " does not exist"}
	}
	if err != nil {
		return nil, err
	}
	if len(answer.Records) == 0 {
		// RFC 5321 §5.1: the implicit MX. Whether it has an address shows
		// when Addresses is asked.
		return []Host{{Name: name, Secure: answer.Secure}}, nil
	}
	return f.order(name, answer)
}

// order sorts the servers that are named, and leaves out those that must not
// be tried.
func (f *Finder) order(domain string, answer resolver.Answer) ([]Host, error) {
	var hosts []Host
	for _, rr := range answer.Records {
		record, ok := rr.(*dns.MX)
		if !ok {
			continue
		}
		target := strings.ToLower(strings.TrimSuffix(record.Mx, "."))
		if target == "" {
			continue // RFC 7505 §3: beside others it means nothing
		}
		hosts = append(hosts, Host{Name: target, Preference: record.Preference, Secure: answer.Secure})
	}
	if len(hosts) == 0 {
		return nil, &Refusal{556, "5.1.10", "the domain " + domain + " takes no mail (null MX)"}
	}
	rand.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	slices.SortStableFunc(hosts, func(a, b Host) int { return cmp.Compare(a.Preference, b.Preference) })
	// RFC 5321 §5.1: where we are a server of the domain ourselves, only those
	// that are preferred to us may get its mail.
	if self := slices.IndexFunc(hosts, func(h Host) bool { return f.isSelf(h.Name) }); self >= 0 {
		mine := hosts[self].Preference
		hosts = slices.DeleteFunc(hosts, func(h Host) bool { return h.Preference >= mine })
		if len(hosts) == 0 {
			return nil, loop(domain)
		}
	}
	return hosts[:min(len(hosts), maxHosts)], nil
}

func loop(domain string) error {
	return &Refusal{554, "5.4.6", "mail for " + domain + " loops back to this machine, which does not take it"}
}

func (f *Finder) isSelf(name string) bool {
	return slices.ContainsFunc(f.Self, func(self string) bool {
		return strings.EqualFold(strings.TrimSuffix(self, "."), name)
	})
}

// literal reads an address literal (RFC 5321 §4.1.3).
func (f *Finder) literal(text string) ([]Host, error) {
	if v6, is := cutFold(text, "IPv6:"); is {
		text = v6
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return nil, &Refusal{550, "5.1.2", fmt.Sprintf("[%s] is no address", text)}
	}
	return []Host{{Literal: addr.Unmap()}}, nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// ToASCII is the name of a domain as DNS has it: in lower case, beyond ASCII
// in its A-labels (RFC 5891), without a dot at the end.
func ToASCII(domain string) (string, error) {
	name := strings.ToLower(strings.TrimSuffix(domain, "."))
	if strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return "", err
		}
		name = ascii
	}
	if _, ok := dns.IsDomainName(name); !ok || name == "" || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		return "", fmt.Errorf("%q is no domain name", domain)
	}
	return name, nil
}
