package submission

import (
	"strings"

	"spamreport/relay"
)

// mayBeSender checks the envelope sender. Bounces have the null reverse-path,
// and programs that submit mail do not make bounces; it is allowed to users
// that may send as anybody, such as another mail server.
func (s *Server) mayBeSender(u *User, from string) error {
	switch {
	case s.allowed(u, from):
		return nil
	case from == "":
		return refuse(550, "5.7.1", "user %s may not send with an empty sender", u.Name)
	}
	return refuse(550, "5.7.1", "user %s may not send as %s", u.Name, from)
}

// allowed reports whether a user may send as an address.
func (s *Server) allowed(u *User, address string) bool {
	for _, pattern := range s.sendersOf(u) {
		if matches(pattern, address) {
			return true
		}
	}
	return false
}

func (s *Server) sendersOf(u *User) []string {
	if u.Senders != nil {
		return u.Senders
	}
	if s.Senders != nil {
		return s.Senders(u.Name)
	}
	return []string{u.Name}
}

// matches holds an address against an address, "@domain" or "*". Local parts
// are compared without regard to case: nobody lets Alice and alice be two.
func matches(pattern, address string) bool {
	switch {
	case pattern == "*":
		return true
	case address == "":
		return false
	case strings.HasPrefix(pattern, "@"):
		return strings.EqualFold(pattern[1:], address[strings.LastIndexByte(address, '@')+1:])
	}
	return strings.EqualFold(pattern, address)
}

// checkHeader holds what a message says about itself against the rights of the
// user.
func (s *Server) checkHeader(m *transaction, f relay.Facts) error {
	if f.Authors > 1 {
		// Receivers do not agree on which of the fields counts.
		return refuse(550, "5.6.0", "more than one From field (RFC 5322 section 3.6)")
	}
	if f.Forwarded != "" {
		// Somebody else wrote it; whoever forwards it is in the envelope.
		return s.mayForward(m.user, f.Forwarded)
	}
	if f.Authors == 1 && len(f.From) == 0 {
		return s.mayBeAuthor(m.user, "")
	}
	for _, author := range f.From {
		if err := s.mayBeAuthor(m.user, author); err != nil {
			return err
		}
	}
	return nil
}

// mayBeAuthor checks one address of From; "" is one that cannot be read.
func (s *Server) mayBeAuthor(u *User, author string) error {
	switch {
	case s.allowed(u, author):
		return nil
	case author == "":
		return refuse(550, "5.6.0", "an address in From cannot be read")
	}
	return refuse(550, "5.7.1", "user %s may not write as %s in From", u.Name, author)
}

// mayForward decides on mail that a program forwards by itself: what is spam
// among it counts against whoever forwards it.
func (s *Server) mayForward(u *User, sign string) error {
	switch {
	case s.Forwarded == nil:
		return refuse(550, "5.7.1", "mail that is forwarded automatically is not taken (it has %s)", sign)
	case !s.Forwarded.AllowN(s.now(), 1):
		return refuse(450, "4.7.1", "too much mail is forwarded automatically, try again later (it has %s)", sign)
	}
	return nil
}
