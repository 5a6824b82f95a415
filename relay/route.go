package relay

import (
	"context"
	"net/netip"
)

// Route decides where the mail for a domain goes. It is a *Smarthost, which
// takes everything, or *Exchangers: each domain's own servers.
type Route interface {
	// next names the destination for a domain. Mail for one destination
	// shares its connections and its fate; a smarthost is the only one.
	next(domain string) string
	// limits bound the work for one destination.
	limits() limits
	// dial makes a connection that mail can be sent over. A source that is
	// not the zero address is where it is to come from. The error is an
	// *Undeliverable when no later attempt would help.
	dial(ctx context.Context, next string, source netip.Addr) (*session, error)
	// verdict says what seems to be wrong with all destinations at once, such
	// as a network that lets no mail out; nil when nothing does.
	verdict() error
}

// limits bound what is done at once for one destination.
type limits struct {
	connections int
	waiting     int  // transactions that wait in memory; the others wait in the queue
	only        bool // there is but this destination: when it is down, everything waits
}

// Undeliverable says that a domain takes no mail, and why.
type Undeliverable struct{ Reply Reply }

func (u *Undeliverable) Error() string { return u.Reply.String() }

// place is a destination as seen from one of our addresses.
type place struct {
	next   string
	source netip.Addr
}

func (p place) String() string {
	if p.next == "" {
		return "the smarthost"
	}
	return p.next
}
