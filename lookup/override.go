package lookup

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/gaissmai/bart"
)

// overrides are the desks that the configuration names.
type overrides struct {
	any     bool
	nets    bart.Table[Override]
	asns    map[uint32]Override
	domains map[string]Override
}

func newOverrides(list []Override) (*overrides, error) {
	o := &overrides{asns: make(map[uint32]Override), domains: make(map[string]Override)}
	for i, row := range list {
		if len(row.Contact) == 0 {
			return nil, fmt.Errorf("lookup: override %d names no contact", i+1)
		}
		for _, email := range row.Contact {
			if why, never := NeverMail(email); never {
				return nil, fmt.Errorf("lookup: override %d: %s must not be mailed: %s", i+1, oneLine(email, 80), why)
			}
		}
		switch {
		case row.Prefix.IsValid():
			o.nets.Insert(row.Prefix.Masked(), row)
		case row.ASN != 0:
			o.asns[row.ASN] = row
		case row.Domain != "":
			// Queries are cut down to the registered domain; what lies below it
			// would never be found.
			domain, ok := registeredDomain(row.Domain)
			if !ok {
				return nil, fmt.Errorf("lookup: override %d: %s is not a domain", i+1, oneLine(row.Domain, 80))
			}
			if labels := strings.Count(strings.TrimSuffix(row.Domain, "."), "."); labels > strings.Count(domain, ".") {
				return nil, fmt.Errorf("lookup: override %d: %s lies below %s, which is what is looked up: name that", i+1, oneLine(row.Domain, 80), domain)
			}
			row.Domain = domain
			o.domains[domain] = row
		default:
			return nil, fmt.Errorf("lookup: override %d names no cidr, asn or domain", i+1)
		}
		o.any = true
	}
	return o, nil
}

// find looks for an override of the query itself. Those by AS number that
// apply to an address are found when its network is known (ofNetwork).
func (o *overrides) find(q query) (Override, bool) {
	if !o.any {
		return Override{}, false
	}
	switch q.kind {
	case asnQuery:
		row, ok := o.asns[q.asn]
		return row, ok
	case domainQuery:
		row, ok := o.domains[q.domain]
		return row, ok
	}
	return o.nets.LookupPrefix(q.prefix)
}

func (o *overrides) ofNetwork(n Network) (Override, bool) {
	row, ok := o.asns[n.ASN]
	return row, ok && n.ASN != 0
}

func (o Override) contacts() []Contact {
	var out []Contact
	for _, email := range o.Contact {
		if normal, ok := normalEmail(email); ok {
			out = append(out, Contact{Email: normal, Role: "abuse", Via: "override", Server: "configuration", Confidence: High})
		}
	}
	return out
}

func (o Override) network() Network {
	n := Network{ASN: o.ASN, Domain: o.Domain}
	if o.Prefix.IsValid() {
		n.CIDR = []netip.Prefix{o.Prefix.Masked()}
	}
	return n
}
