package headers

import (
	"net/netip"
	"slices"
	"strings"
)

// Learned is a mail host that stands at the top of the user's ordinary mail.
type Learned struct {
	Name     string    // as its own lines sign it, or as the next server found it
	Rule     TrustRule // what to trust
	Messages int       // in how many messages it stood
	Share    float64   // of the messages that have a trace
	Reason   string    // one sentence for the user who has to approve it
}

const (
	// LearnThreshold is the share of messages from which on a host is proposed.
	LearnThreshold = 0.5
	// LearnLeast is how many messages with a trace are needed to learn anything.
	LearnLeast = 5
	// learnDepth is how many relays are followed down.
	learnDepth = 8
)

// Learn finds the recipient's own mail hosts in the header blocks of ordinary
// mail: those at the top of at least the given share of them (0 means
// LearnThreshold), and below them the relays through which the same share
// came. Ordinary mail comes from everywhere; what stands in most of it is the
// way into the mailbox. The result is a proposal, the commonest first.
func Learn(blocks [][]byte, share float64) []Learned {
	if share <= 0 {
		share = LearnThreshold
	}
	var l learner
	for _, b := range blocks {
		if hops := Hops(b); len(hops) > 0 {
			l.rest = append(l.rest, hops)
		}
	}
	l.total = len(l.rest)
	if l.total < LearnLeast {
		return nil
	}
	for range learnDepth {
		if !l.descend(share) {
			break
		}
	}
	slices.SortStableFunc(l.found, func(a, b Learned) int {
		if a.Messages != b.Messages {
			return b.Messages - a.Messages
		}
		return strings.Compare(a.Rule.String(), b.Rule.String())
	})
	return l.found
}

// learner goes down all traces together, one relay at a time.
type learner struct {
	rest  [][]Hop // what is left of each trace, from its topmost line not yet passed
	total int
	found []Learned
}

// descend learns from the topmost lines that are left, passes those whose
// sender is one of the recipient's, and reports whether any was.
func (l *learner) descend(share float64) bool {
	writers, senders := tally{}, tally{}
	for _, hops := range l.rest {
		h := hops[0]
		if p := providerOf(h.By.Name); p == nil && !localName(h.By.Name) {
			writers.count(h.By.Name, TrustRule{Domain: strings.ToLower(h.By.Name)})
		}
		if public(h.From.IP) {
			senders.count(senderName(&h), TrustRule{Prefix: netip.PrefixFrom(h.From.IP, h.From.IP.BitLen())})
		}
	}
	l.propose(writers, share, "signs the topmost lines", func(string) bool { return true })
	// The domain of a sender is proposed only when the user's own server is in
	// it: else whoever writes most, such as the friends at Gmail, would be.
	own := l.propose(senders, share, "handed the message on inside", l.knows)
	passed := false
	var left [][]Hop
	for _, hops := range l.rest {
		h := &hops[0]
		inside := h.Kind != Handoff && h.Kind != Web || !public(h.From.IP) || slices.ContainsFunc(own, func(r TrustRule) bool { return r.coversAddr(h.From.IP) || r.coversName(h.From.RDNS) })
		if inside && len(hops) > 1 {
			left, passed = append(left, hops[1:]), true
		}
	}
	l.rest = left
	return passed
}

// knows reports whether a domain holds a host that was learned already.
func (l *learner) knows(domain string) bool {
	return slices.ContainsFunc(l.found, func(f Learned) bool { return organisation(f.Rule.Domain) == domain })
}

// propose adds the hosts that are common enough and returns their rules.
func (l *learner) propose(t tally, share float64, what string, farm func(domain string) bool) []TrustRule {
	var rules []TrustRule
	add := func(name string, rule TrustRule, n int) {
		if float64(n) < share*float64(l.total) {
			return
		}
		rules = append(rules, rule)
		for _, f := range l.found {
			if f.Rule == rule {
				return
			}
		}
		l.found = append(l.found, Learned{
			Name: name, Rule: rule, Messages: n, Share: float64(n) / float64(l.total),
			Reason: clean(hostOr(name, rule.String()), maxName) + " " + what + ".",
		})
	}
	for _, name := range t.names() {
		add(name, t[name].rule, t[name].n)
	}
	if len(rules) > 0 {
		return rules
	}
	// Many hosts, each in a few messages: a farm, known by its domain.
	farms := tally{}
	for _, name := range t.names() {
		if d := organisation(name); d != "" && farm(d) {
			farms.add(d, TrustRule{Domain: d}, t[name].n)
		}
	}
	for _, d := range farms.names() {
		add(d, farms[d].rule, farms[d].n)
	}
	return rules
}

// tally counts hosts by name.
type tally map[string]struct {
	rule TrustRule
	n    int
}

func (t tally) count(name string, rule TrustRule) { t.add(strings.ToLower(name), rule, 1) }

func (t tally) add(name string, rule TrustRule, n int) {
	e := t[name]
	if e.n == 0 {
		e.rule = rule
	}
	e.n += n
	t[name] = e
}

// names are in order, so that the same mail always teaches the same.
func (t tally) names() []string {
	var names []string
	for n := range t {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
