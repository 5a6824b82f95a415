package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// checkDestination accepts whom a [[relay.destination]] can be for.
func checkDestination(s string) error {
	if s == "*" || checkDomain(s) == nil {
		return nil
	}
	return fmt.Errorf(`%s is not a domain or "*"`, quote(s))
}

// checkDestinations wants each block to be for one domain, to say something,
// and to be the only one for it.
func (l *loader) checkDestinations(destinations []Destination) {
	seen := map[string]int{}
	for i := range destinations {
		d := &destinations[i]
		path := fmt.Sprintf("relay.destination[%d]", i+1)
		d.Domain = strings.ToLower(strings.TrimSuffix(d.Domain, "."))
		switch {
		case l.wrong[path+".domain"]:
		case d.Domain == "":
			l.mistake(path, `is for nobody: add domain, like example.net or "*"`)
		case seen[d.Domain] > 0:
			l.mistake(path+".domain", "destination %d is for %s too: keep one", seen[d.Domain], d.Domain)
		default:
			seen[d.Domain] = i + 1
		}
		if d.TLS == "" && !l.wrong[path+".tls"] {
			l.mistake(path, "says nothing: add tls")
		}
	}
}

// checkSources wants the keys of helo_from to be addresses.
func (l *loader) checkSources(names map[string]string) {
	for _, source := range slices.Sorted(maps.Keys(names)) {
		if _, err := netip.ParseAddr(source); err != nil {
			l.mistake("relay.helo_from."+source, "%s is not an address of this machine, like 192.0.2.5", quote(source))
		}
	}
}
