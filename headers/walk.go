package headers

import "time"

// Walker decides who handed a message over. The zero value is ready to use:
// it believes the topmost line, private hops and the bundled provider
// profiles, and asks nobody. A Walker keeps no state between messages and
// may be shared by goroutines.
type Walker struct {
	// Trust names the recipient's own relays, and the forwarders and lists
	// that the recipient believes.
	Trust []TrustRule
	// Learned are the recipient's hosts as found by Learn. They count like
	// Trust; the notes say where they come from.
	Learned []TrustRule
	// Resolver, when not nil, may be asked to confirm names and to find the
	// recipient's MX. It tells the world that the message is being looked at,
	// and the verdict then depends on its answers.
	Resolver Resolver
	// ResolveTimeout bounds one question to the resolver; 0 means 3 seconds.
	ResolveTimeout time.Duration
}

// Walk reads a header block (a whole message will do: it stops at the blank
// line) and walks its trace from the top down to the first address outside.
// It takes anything and never fails; what went wrong is in Verdict.Reason.
// Without a Resolver, the same message always gives the same verdict.
func (w *Walker) Walk(block []byte) Verdict {
	var t trace
	t.scan(block)
	return w.walk(&t)
}

func (w *Walker) walk(t *trace) Verdict {
	t.readHops()
	v := Verdict{Hops: t.hops}
	for k := range t.notes {
		n := &t.notes[k]
		if n.name == "Message-ID" {
			v.MessageID = t.value(n)
			break
		}
	}
	if len(t.hops) == 0 {
		v.Reason = "The message has no Received field, so no server says where it came from."
		return v
	}
	s := search{w: w, t: t}
	s.descend()
	v.Source, v.Reason = s.source, s.failure
	if s.source != nil {
		s.weigh()
		vouched := s.source.Hop
		if s.provider != nil {
			v.Origin, vouched = t.follow(s.source, s.provider)
		}
		s.markBelow(vouched)
	}
	v.Evidence = s.evidence(v.Origin)
	return v
}

// Hops lists the Received fields of a header block without judging them.
func Hops(block []byte) []Hop {
	var t trace
	t.scan(block)
	t.readHops()
	return t.hops
}
