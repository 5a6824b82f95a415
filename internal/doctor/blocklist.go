package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// blocklist is a list of addresses that is asked by DNS (RFC 5782).
type blocklist struct {
	zone string
	six  bool // knows IPv6
	// entries says what its answers mean; an answer that is not there is
	// an entry all the same.
	entries map[string]string
	page    string // where to ask why, and to be taken off
}

// blocklists are those that many servers refuse mail by.
var blocklists = []blocklist{
	{zone: "zen.spamhaus.org", six: true, page: "https://check.spamhaus.org/", entries: map[string]string{
		"127.0.0.2":  "SBL: spam comes from there",
		"127.0.0.3":  "CSS: mail from there looks like spam",
		"127.0.0.4":  "XBL: an infected machine or an open proxy",
		"127.0.0.9":  "DROP: a network in the hands of criminals",
		"127.0.0.10": "PBL: an address of end users, whose provider says that it sends no mail itself",
		"127.0.0.11": "PBL: an address of end users, who send through a smarthost",
	}},
	{zone: "bl.spamcop.net", page: "https://www.spamcop.net/bl.shtml"},
	{zone: "b.barracudacentral.org", page: "https://www.barracudacentral.org/rbl/removal-request"},
	{zone: "psbl.surriel.com", page: "https://psbl.org/"},
	{zone: "dnsbl-1.uceprotect.net", page: "https://www.uceprotect.net/en/rblcheck.php"},
	{zone: "bl.blocklist.de", page: "https://www.blocklist.de/en/delist.html"},
}

// blocklist asks one list about the addresses that mail leaves from.
func (s Setup) blocklist(ctx context.Context, list blocklist, from sender) Result {
	var clean []string
	for _, addr := range from.addrs {
		if addr.Is6() && !list.six {
			continue
		}
		answers, r := s.ask(ctx, list, addr)
		if r.Status == Skip {
			return r
		}
		if len(answers) > 0 {
			return fail("find out why, and ask to be taken off, at "+list.page,
				"%s (%s) is listed at %s: %s", addr, from.whose, list.zone, list.meaning(answers)).ifSure(from.sure)
		}
		clean = append(clean, addr.String())
	}
	if len(clean) == 0 {
		return skip("%s does not list IPv6", list.zone)
	}
	// A list that does not answer us looks like one that has nothing against us.
	if works, r := s.works(ctx, list); !works {
		return r
	}
	return ok("%s has nothing against %s", list.zone, strings.Join(clean, " and "))
}

const otherResolver = "ask through a resolver of your own: server in [dns]"

// ask returns the entries of an address. Answers that are none (RFC 5782 §2.1
// keeps entries in 127.0.0.0/8; lists answer 127.255.255.0/24 to those whom
// they do not serve) are a reason to skip.
func (s Setup) ask(ctx context.Context, list blocklist, addr netip.Addr) ([]netip.Addr, Result) {
	answers, err := s.addresses(ctx, reversed(addr)+"."+list.zone)
	if err != nil {
		return nil, unanswered(list.zone, err)
	}
	for _, a := range answers {
		switch {
		case refusals.Contains(a):
			return nil, Result{Status: Skip, Do: otherResolver, What: fmt.Sprintf(
				"%s: cannot tell: it does not answer this DNS server, which is public or asks too much (%s)", list.zone, a)}
		case !loopbacks.Contains(a):
			return nil, Result{Status: Skip, Do: otherResolver, What: fmt.Sprintf(
				"%s: cannot tell: %s is no answer of a blocklist; the DNS server makes it up, or the list is gone", list.zone, a)}
		}
	}
	return answers, Result{}
}

var (
	loopbacks = netip.MustParsePrefix("127.0.0.0/8")
	refusals  = netip.MustParsePrefix("127.255.255.0/24")
)

// The entries of every list that works (RFC 5782 §5).
var (
	alwaysListed = netip.MustParseAddr("127.0.0.2")
	neverListed  = netip.MustParseAddr("127.0.0.1")
)

// works reports whether a list, asked from here, tells addresses apart.
func (s Setup) works(ctx context.Context, list blocklist) (bool, Result) {
	entry, r := s.ask(ctx, list, alwaysListed)
	if r.Status == Skip {
		return false, r
	}
	all, r := s.ask(ctx, list, neverListed)
	switch {
	case r.Status == Skip:
		return false, r
	case len(entry) == 0:
		return false, Result{Status: Skip, Do: otherResolver, What: list.zone + ": cannot tell: its test entry is missing, so it is gone, or does not answer this DNS server"}
	case len(all) > 0:
		return false, skip("%s: cannot tell: it lists every address, so it is gone", list.zone)
	}
	return true, Result{}
}

// meaning says what the entries stand for.
func (l blocklist) meaning(answers []netip.Addr) string {
	var said []string
	for _, a := range answers {
		text := a.String()
		if entry := l.entries[text]; entry != "" {
			text = entry
		}
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return strings.Join(said, "; ")
}

// reversed is an address as it stands in front of a zone: the octets of IPv4,
// the nibbles of IPv6, from the last to the first (RFC 5782 §2.1, §2.4).
func reversed(addr netip.Addr) string {
	var parts []string
	if addr.Is4() {
		for _, octet := range addr.As4() {
			parts = append(parts, fmt.Sprint(octet))
		}
	} else {
		for _, octet := range addr.As16() {
			parts = append(parts, fmt.Sprintf("%x", octet>>4), fmt.Sprintf("%x", octet&15))
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}
