package target

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"spamreport/complaint"
	"spamreport/complaint/link"
)

// host is one that the message names, with all that lead there.
type host struct {
	link.Link // the most telling one
	links     []link.Link
	count     int
	service   *service // that hands out its name; nil: it is somebody's own
	counter   string   // whose click counter is among the links; empty: nobody's
}

// survey reads the links of the message and gathers them by host, in the order
// in which the hosts are first named.
func (s *search) survey() []*host {
	var all []*host
	byName := map[string]*host{}
	for _, t := range s.reading.Texts() {
		find := link.InText
		if t.HTML {
			find = link.InPage
		}
		for _, l := range find(t.Body) {
			one := host{Link: l}
			if !l.Addr.IsValid() {
				one.service = serviceOf(l.Host)
			}
			h := byName[one.key()]
			if h == nil {
				h = &one
				byName[one.key()] = h
				all = append(all, h)
			}
			h.note(l)
		}
	}
	return all
}

// key is what hosts are gathered by: names below a domain that is somebody's
// own are one target, however many there are.
func (h *host) key() string {
	if h.service == nil && h.Domain != "" {
		return h.Domain
	}
	return h.Host
}

// maxSamples bounds the addresses of one host that a letter shows.
const maxSamples = 3

func (h *host) note(l link.Link) {
	h.count++
	if c := click(l); c != "" {
		h.counter = c
	}
	if weighs(l) > weighs(h.Link) {
		h.Link = l
	}
	known := slices.ContainsFunc(h.links, func(k link.Link) bool { return k.URL == l.URL })
	if !known && len(h.links) < 50 {
		h.links = append(h.links, l)
	}
}

// weight says how much a place tells about what the message is for.
var weight = map[link.Place]int{link.Form: 4, link.Refresh: 4, link.Anchor: 3, link.Text: 2, link.Picture: 1}

func weighs(l link.Link) int {
	if l.Hidden {
		return 0
	}
	return weight[l.Place]
}

// samples are the addresses that a letter shows, the most telling ones first.
func (h *host) samples() []string {
	links := slices.Clone(h.links)
	slices.SortStableFunc(links, func(a, b link.Link) int { return cmp.Compare(weighs(b), weighs(a)) })
	var all []string
	for _, l := range links[:min(len(links), maxSamples)] {
		all = append(all, l.Shown())
	}
	return all
}

// relevant are the hosts to complain about, the most relevant first. All others
// are left out with a reason.
func (s *search) relevant() []*host {
	if !s.options.Links && !s.options.Registrars {
		return nil
	}
	s.anchors = slices.ContainsFunc(s.links, func(h *host) bool { return weighs(h.Link) > weight[link.Text] })
	var kept []*host
	for _, h := range s.links {
		if why := s.leave(h); why != "" {
			s.skip(complaint.KindLink, h.Host, sentence(h.Host, why))
		} else {
			kept = append(kept, h)
		}
	}
	kept = s.withoutDecoys(kept)
	// What comes first is what the message is for; behind it, spam pastes the
	// text of honest newsletters with all their links.
	slices.SortStableFunc(kept, func(a, b *host) int { return cmp.Compare(weighs(b.Link), weighs(a.Link)) })
	if most := s.options.MaxLinks; len(kept) > most {
		for _, h := range kept[most:] {
			s.skip(complaint.KindLink, h.Host, sentence(h.Host, fmt.Sprintf("%d hosts of a message are enough, and others matter more", most)))
		}
		kept = kept[:most]
	}
	return kept
}

// isHostName reports whether a name can be one of a web server. Browsers take more
// (a comma, for one), and the DNS any octet, but nobody registers those.
func isHostName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}

func sentence(host, why string) string { return fmt.Sprintf("%s: %s.", host, why) }

// leave says why a host is no target; empty: it is one.
func (s *search) leave(h *host) string {
	if h.Addr.IsValid() {
		switch {
		case !public(h.Addr):
			return "the address is not of the public Internet"
		case s.inc.Verdict.Source != nil && s.inc.Verdict.Source.IP == h.Addr:
			return "it is the source, whose network gets a complaint anyway"
		}
	}
	if !h.Addr.IsValid() && !isHostName(h.Host) {
		return "it is no name of a host"
	}
	if s.own.has(h.Host) {
		return "it is the recipient's own"
	}
	if h.service == nil || !h.service.gives(h.Host) { // sites.google.com lies in google.com
		if why, yes := spare(h.Host); yes {
			return why
		}
	}
	switch suffix, icann := publicsuffix.PublicSuffix(h.Host); {
	case h.Addr.IsValid():
	case h.Domain == "" && h.service == nil:
		return "nobody in particular registered it"
	case !icann && !strings.Contains(suffix, ".") && suffix != "example": // which tests are written with
		return "its top-level domain does not exist"
	}
	switch {
	case !h.Place.Leads():
		return "the message only loads a picture or a style from there"
	case h.counter != "":
		return fmt.Sprintf("%s counts clicks there, and the complaint about the source leads to the account", h.counter)
	case s.anchors && h.Place == link.Text:
		return "it only stands in the text, while other addresses can be clicked on"
	}
	return ""
}

// target is what a complaint about the host says.
func (h *host) target() Target {
	t := Target{How: ByHost, Query: h.Host, Count: h.count}
	t.Kind, t.Name, t.Address, t.Letter = complaint.KindLink, h.Host, h.Addr, "web-host"
	t.Links = h.samples()
	if h.Addr.IsValid() {
		t.How = ByAddress
	}
	t.Reason = fmt.Sprintf("The message leads to %s %s (%s).", h.Host, times(h.count), h.Place)
	if h.service != nil {
		t.Reason = fmt.Sprintf("The message leads to %s %s (%s), a name that %s hands out.", h.Host, times(h.count), h.Place, h.service.operator)
		if h.service.desk != "" {
			t.How, t.Query = Fixed, h.service.desk
		}
	}
	return t
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// gives reports whether a host is one of the names that the service hands out.
func (s *service) gives(host string) bool {
	return strings.HasSuffix(host, "."+s.suffix) || strings.Count(s.suffix, ".") > 1
}
