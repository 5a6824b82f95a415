package lookup

import (
	"net/netip"
	"slices"
	"strings"
)

// nearestFirst orders the sections by how narrow their network around the
// query is. What is about another network is left out, unless nothing is left;
// sections about no network (routes, organisations) come last.
func nearestFirst(sections []section, q query) []section {
	if len(sections) == 1 {
		return sections
	}
	if q.kind == asnQuery {
		about := slices.Clone(sections)
		slices.SortStableFunc(about, func(a, b section) int { return a.strangeTo(q.asn) - b.strangeTo(q.asn) })
		return about
	}
	type sized struct {
		section
		bits int
	}
	var around []sized
	for _, s := range sections {
		prefixes := s.prefixes()
		p, ok := covering(prefixes, netip.PrefixFrom(q.prefix.Addr(), q.prefix.Addr().BitLen()))
		switch {
		case ok:
			around = append(around, sized{s, p.Bits()})
		case len(prefixes) == 0:
			around = append(around, sized{s, -1})
		}
	}
	if len(around) == 0 {
		return sections
	}
	slices.SortStableFunc(around, func(a, b sized) int { return b.bits - a.bits })
	out := make([]section, len(around))
	for i, s := range around {
		out[i] = s.section
	}
	return out
}

// strangeTo is 0 for a section about the AS and 1 for others.
func (s section) strangeTo(asn uint32) int {
	for _, o := range s.objects {
		for _, a := range o.attrs {
			if (a.key == "aut-num" || a.key == "asnumber") && number(firstField(a.value)) == asn {
				return 0
			}
		}
	}
	return 1
}

func (s section) prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, o := range s.objects {
		for _, a := range o.attrs {
			if networkKeys[a.key] {
				out = append(out, networkValue(a.value)...)
			}
		}
	}
	return out
}

// networkValue drops what KRNIC writes behind a range: "(/12+/13)".
func networkValue(value string) []netip.Prefix {
	value, _, _ = strings.Cut(value, "(")
	return parseNetworks(strings.TrimSpace(value))
}
