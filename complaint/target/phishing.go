package target

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"spamreport/complaint"
	"spamreport/complaint/link"
)

// sign is one by which phishing is told from other spam; it returns the reason
// in one sentence, or nothing.
type sign func(*search) string

// signs are asked in this order, the plainest first. The letter about phishing
// asks a desk to hurry, so that each of them has to be one that somebody who
// only sells something does not give.
var signs = []sign{
	(*search).asksForPassword,
	(*search).showsAnother,
	(*search).namedLikeBrand,
	(*search).pretendsBrand,
	(*search).pretendsOwn,
	(*search).asksForMailbox,
}

func (s *search) phishing() string {
	for _, sign := range signs {
		if why := sign(s); why != "" {
			return why
		}
	}
	return ""
}

// asksForPassword: a form in the mail itself takes a password.
func (s *search) asksForPassword() string {
	for _, h := range s.links {
		for _, l := range h.links {
			if l.Password {
				return fmt.Sprintf("A form in it asks for a password and sends it to %s.", l.Host)
			}
		}
	}
	return ""
}

// showsAnother: what is clicked on shows the host of a brand, and leads to
// somebody else. Click counters do that as well, and are no sign.
func (s *search) showsAnother() string {
	for _, h := range s.links {
		if _, known := spare(h.Host); known || h.counter != "" {
			continue
		}
		for _, l := range h.links {
			shown := shownHost(l.Label)
			if b := owner(shown); b != nil && !b.has(l.Host) && len(l.Via) == 0 {
				return fmt.Sprintf("A link shows %s and leads to %s.", shown, l.Host)
			}
		}
	}
	return ""
}

// namedLikeBrand: a link leads to a host with the name of a brand in it that is
// not the brand's.
func (s *search) namedLikeBrand() string {
	for _, h := range s.links {
		if !h.Place.Leads() || h.Addr.IsValid() || h.counter != "" {
			continue
		}
		if _, known := spare(h.Host); known && h.service == nil {
			continue
		}
		if b := namedIn(h); b != nil {
			return fmt.Sprintf("It leads to %s, which has %s in its name and does not belong to it.", h.Host, b.name)
		}
	}
	return ""
}

// pretendsBrand: the display name is that of a brand, the address is not of
// the brand or was found to be forged, and the text asks for what phishing
// wants.
func (s *search) pretendsBrand() string {
	from := s.reading.Field("From")
	b := callsItself(from)
	if b == nil {
		return ""
	}
	author, vouched, _ := s.inc.Author()
	if author != "" && b.has(author) && vouched || !s.baited() || !s.leadsBeyond(b) {
		return ""
	}
	return fmt.Sprintf("The sender calls itself %s and nobody vouches for that; the text says %q, and its links lead elsewhere.", b.name, s.bait(false))
}

// pretendsOwn: the sender claims to be of the recipient's own house.
func (s *search) pretendsOwn() string {
	author, vouched, _ := s.inc.Author()
	if vouched || !s.own.has(author) || sharesAccounts(author) || !s.baited() || !s.leads() {
		return ""
	}
	return fmt.Sprintf("The sender claims to be of the recipient's own domain and nobody vouches for that; the text says %q.", s.bait(false))
}

// asksForMailbox: words by which only the password of a mailbox is asked for.
func (s *search) asksForMailbox() string {
	_, vouched, _ := s.inc.Author()
	if phrase := s.bait(true); phrase != "" && !vouched && s.leads() {
		return fmt.Sprintf("It is after the password of a mailbox (%q), and nobody vouches for the sender.", phrase)
	}
	return ""
}

// leads reports whether there is something to click on at all.
func (s *search) leads() bool {
	return slices.ContainsFunc(s.links, func(h *host) bool { return h.Place.Leads() && h.Place != link.Text })
}

// leadsBeyond reports whether something leads to others than the brand.
func (s *search) leadsBeyond(b *brand) bool {
	return slices.ContainsFunc(s.links, func(h *host) bool { return h.Place.Leads() && !b.has(h.Host) })
}

func (s *search) baited() bool { return s.bait(false) != "" }

// bait is the first phrase of bait in subject and text.
func (s *search) bait(mailbox bool) string {
	if s.words == "" {
		s.words = plainWords(s.reading.Field("Subject")) + "\n" + plainWords(s.reading.Shown())
	}
	for _, phrase := range baits() {
		text, strong := strings.CutPrefix(phrase, "!")
		if (strong || !mailbox) && strings.Contains(s.words, text) {
			return text
		}
	}
	return ""
}

func plainWords(s string) string {
	return strings.Join(strings.Fields(complaint.Plain(s)), " ")
}

var baits = sync.OnceValue(func() []string {
	all := rows("bait.txt")
	for i, row := range all {
		text, strong := strings.CutPrefix(row, "!")
		if all[i] = plainWords(text); strong {
			all[i] = "!" + all[i]
		}
	}
	return all
})
