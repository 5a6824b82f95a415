package headers

import (
	"fmt"
	"time"
)

// search is the walk through one message.
type search struct {
	w *Walker
	t *trace

	writer *provider // the provider that wrote the line at hand, if any
	// doubts are the steps that rest on something weaker than a rule, a
	// profile or a private address.
	doubts []string
	known  bool // a rule or a profile says that the writer of the source line is ours

	source   *Source
	last     int       // the last believed line
	provider *provider // that stands at the source
	failure  string
	heard    []witness
	own      []string  // organisations on the recipient's side; nil until asked for
	asked    int       // questions put to the resolver
	filters  int       // the recipient's filters reach down to this line, which names their client
	earliest time.Time // of the believed lines; what stands below cannot be later
}

// maxDoubts bounds how many weak steps are remembered; three of them are told.
const maxDoubts = 4

// doubt remembers a weak step; "" is none.
func (s *search) doubt(why string) {
	if why != "" && len(s.doubts) < maxDoubts {
		s.doubts = append(s.doubts, why)
	}
}

// descend goes down the believed lines to the first address outside.
func (s *search) descend() {
	hops := s.t.hops
	for i := range hops {
		h := &hops[i]
		if p := providerOf(h.By.Name); p != nil || h.Kind == Handoff {
			s.writer = p
		}
		s.last = i
		s.address(h, i)
		st := s.judge(h, i)
		h.Trust, h.Note = st.trust, st.note
		s.doubt(st.doubt)
		if st.trust == TrustEdge {
			s.cross(h, i)
			return
		}
		if h.Kind == Web && !h.From.IP.IsValid() || h.Kind == Queue && loggedIn(h.From.Auth) && h.From.HELO == "" || s.beginsAt(i) {
			s.hidden(i)
			return
		}
	}
	s.failure = s.insideOnly()
	s.fallBack()
}

// fallBack takes a provider that the user believes as a forwarder for the
// source after all, when nobody behind it is named: then the provider's own
// customer wrote the message, and its desk is the one to ask.
func (s *search) fallBack() {
	for i := s.last; i >= 0; i-- {
		h := &s.t.hops[i]
		if h.Trust != Trusted || !public(h.From.IP) {
			continue
		}
		p := providerAt(h.From.IP, "")
		if p == nil || p.isInner(senderName(h), h.From.IP) {
			return
		}
		h.Trust, s.last, s.failure = TrustEdge, i, ""
		s.writer = providerOf(h.By.Name)
		s.cross(h, i)
		return
	}
}

// beginsAt says whether a provider made the message at line i: it passed it on
// to itself, and the next line is not one of its own.
func (s *search) beginsAt(i int) bool {
	h := &s.t.hops[i]
	return h.Kind == Queue && s.writer != nil && s.writer.complete && i+1 < len(s.t.hops) && !s.writer.wrote(&s.t.hops[i+1])
}

// insideOnly says why no address was found though every line is believed.
func (s *search) insideOnly() string {
	for i := range s.t.hops {
		if s.t.hops[i].Kind == Pickup {
			return "The message was handed in by a program on a believed server; no line names an address outside."
		}
	}
	return "Every line stays inside: no believed server wrote down a public address."
}

// hidden ends a walk at a submission whose client the server does not name.
func (s *search) hidden(i int) {
	h := &s.t.hops[i]
	s.failure = fmt.Sprintf("%s took the message from a client of its own and does not say from which address.", hostOr(h.By.Name, "The server"))
	for j := i + 1; j < len(s.t.hops); j++ {
		s.t.hops[j].Trust = Untrusted
		s.t.hops[j].Note = "Handed in by the client together with the message: a claim."
	}
	s.fallBack()
}
