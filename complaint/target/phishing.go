package target

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/idna"

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

// pretendsBrand: the sender calls himself like a brand, the address is not of
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
	return fmt.Sprintf("It calls itself %s, which nobody vouches for, asks for what only phishing asks for, and leads elsewhere.", b.name)
}

// pretendsOwn: the sender claims to be of the recipient's own house.
func (s *search) pretendsOwn() string {
	author, vouched, _ := s.inc.Author()
	if vouched || !s.own.has(author) || sharesAccounts(author) || !s.baited() || !s.leads() {
		return ""
	}
	return "It claims to come from the recipient's own domain, which nobody vouches for, and asks for what only phishing asks for."
}

// asksForMailbox: words by which only the password of a mailbox is asked for.
func (s *search) asksForMailbox() string {
	_, vouched, _ := s.inc.Author()
	if phrase := s.bait(true); phrase != "" && !vouched && s.leads() {
		return fmt.Sprintf("It asks for the password of a mailbox (%q), and nobody vouches for the sender.", phrase)
	}
	return ""
}

// leads says whether there is something to click on at all.
func (s *search) leads() bool {
	return slices.ContainsFunc(s.links, func(h *host) bool { return h.Place.Leads() && h.Place != link.Text })
}

// leadsBeyond says whether something leads to others than the brand.
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

// brand is somebody whom phishing pretends to be.
type brand struct {
	name    string
	words   []string // of the name, plain
	domains map[string]bool
	inHosts bool // the name says something in the name of a host
}

func (b *brand) has(host string) bool {
	return under(host, func(name string) bool { return b.domains[name] })
}

var brands = sync.OnceValue(func() []*brand {
	var all []*brand
	for _, row := range rows("brands.txt") {
		name, domains, _ := strings.Cut(row, ":")
		b := &brand{domains: map[string]bool{}}
		b.name, b.inHosts = strings.CutPrefix(name, "~")
		b.inHosts = !b.inHosts
		b.words = wordsOf(b.name)
		for d := range strings.FieldsSeq(domains) {
			b.domains[d] = true
		}
		all = append(all, b)
	}
	return all
})

// owner is the brand that a host belongs to; nil: none.
func owner(host string) *brand {
	if host == "" {
		return nil
	}
	for _, b := range brands() {
		if b.has(host) {
			return b
		}
	}
	return nil
}

// namedIn is the brand that a host has in its name without belonging to it.
// International names are read as they are shown, and letters in disguise as
// what they pass for.
func namedIn(h *host) *brand {
	shown, err := idna.ToUnicode(h.Host)
	if err != nil {
		shown = h.Host
	}
	if h.service != nil {
		shown = strings.TrimSuffix(shown, h.service.suffix)
	} else if suffix := strings.IndexByte(h.Domain, '.'); suffix > 0 {
		shown = strings.TrimSuffix(shown, h.Domain[suffix:])
	}
	parts := wordsOf(digitsAsLetters.Replace(shown))
	joined := wordsOf(shown)
	for _, b := range brands() {
		if !b.inHosts || b.has(h.Host) {
			continue
		}
		name := strings.Join(b.words, "")
		if slices.Contains(parts, name) || slices.Contains(joined, name) {
			return b
		}
	}
	return nil
}

// digitsAsLetters undoes paypa1 and micr0soft.
var digitsAsLetters = strings.NewReplacer("0", "o", "1", "l", "5", "s")

// callsItself is the brand in the display name of From.
func callsItself(from string) *brand {
	name, _, found := strings.Cut(from, "<")
	if !found {
		return nil
	}
	words := wordsOf(name)
	for _, b := range brands() {
		if containsRun(words, b.words) {
			return b
		}
	}
	return nil
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(complaint.Plain(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func containsRun(words, run []string) bool {
	for i := 0; i+len(run) <= len(words); i++ {
		if slices.Equal(words[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

// sharesAccounts says whether anybody can have an account at a domain.
func sharesAccounts(domain string) bool { return accountsAt()[domain] != nil }
