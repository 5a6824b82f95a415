package target

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"spamreport/complaint"
	"spamreport/complaint/link"
)

// decoy is a rule by which a host is left out when the message leads elsewhere
// as well. Spam names honest hosts: of the brand that it imitates, of the
// letter that it was copied from, of newsletters pasted in for the filters.
type decoy struct {
	is  func(*search, *host) bool
	why string
}

// decoys are applied in this order.
var decoys = []decoy{
	{(*search).isHidden, "it stands where no reader sees it"},
	{(*search).isAuthor, "the sender claims to be from there and nobody vouches for it, while the message leads elsewhere as well"},
	{(*search).isNamesake, "it is called like the sender, for whom nobody vouches, while the message leads elsewhere as well"},
	{(*search).isOpen, "it is named openly, as in signatures, while other links of the message hide where they lead"},
}

// withoutDecoys drops decoys as long as another host is left, or the message
// leads to one that cannot be seen.
func (s *search) withoutDecoys(kept []*host) []*host {
	kept = s.withoutRefuted(kept)
	for _, d := range decoys {
		honest := func(h *host) bool { return !d.is(s, h) }
		if !slices.ContainsFunc(kept, honest) && !s.blind() {
			continue
		}
		kept = slices.DeleteFunc(kept, func(h *host) bool {
			if honest(h) {
				return false
			}
			s.skip(complaint.KindLink, h.Host, sentence(h.Host, d.why))
			return true
		})
	}
	return kept
}

// withoutRefuted drops the domain of From when the receiving server found that
// the message is not from there.
func (s *search) withoutRefuted(kept []*host) []*host {
	author, _, refuted := s.inc.Author()
	return slices.DeleteFunc(kept, func(h *host) bool {
		if !refuted || h.Domain != author {
			return false
		}
		s.skip(complaint.KindLink, h.Host, sentence(h.Host, "the sender claims to be from there, and the receiving server found that it is not"))
		return true
	})
}

// blind reports whether somebody who clicks is passed on to a host that only a
// visit would show.
func (s *search) blind() bool {
	return slices.ContainsFunc(s.links, func(h *host) bool {
		return h.Place == link.Anchor && !h.Hidden && (h.counter != "" || passesOn(h.Host))
	})
}

func (s *search) isHidden(h *host) bool { return h.Hidden }

func (s *search) isAuthor(h *host) bool {
	author, vouched, _ := s.inc.Author()
	return !vouched && author != "" && h.Domain == author
}

// isNamesake compares the name of the domain with the words of the display
// name in From.
func (s *search) isNamesake(h *host) bool {
	label, _, _ := strings.Cut(h.Domain, ".")
	if _, vouched, _ := s.inc.Author(); vouched || len(label) < 4 {
		return false
	}
	name, _, _ := strings.Cut(s.reading.Field("From"), "<")
	words := wordsOf(name)
	return slices.Contains(words, label) || strings.Join(words, "") == label
}

func (s *search) isOpen(h *host) bool {
	return h.Place == link.Anchor && sameHost(shownHost(h.Label), h.Host)
}

// shownHost is the host that a label shows; empty when it shows none.
func shownHost(label string) string {
	label = strings.ToLower(norm.NFKC.String(strings.TrimSpace(label)))
	if label == "" || strings.ContainsAny(label, " @") || !strings.Contains(label, ".") {
		return ""
	}
	if !strings.Contains(label, "://") {
		label = "http://" + label
	}
	l, ok := link.Parse(label)
	if !ok || l.Addr.IsValid() || l.Domain == "" {
		return ""
	}
	return l.Host
}

func sameHost(a, b string) bool {
	return a != "" && strings.TrimPrefix(a, "www.") == strings.TrimPrefix(b, "www.")
}
