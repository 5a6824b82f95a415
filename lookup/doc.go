// Package lookup finds the network that an address belongs to and the desk
// that acts on abuse there.
//
// Addresses are handed out by five regional registries (RIRs: ARIN, RIPE NCC,
// APNIC, LACNIC, AFRINIC), some of them through national ones (NIRs). Whoever
// got a network should have named an abuse contact, and the registries publish
// it over two protocols: RDAP (RFC 9082, 9083), which is JSON over HTTPS, and
// WHOIS (RFC 3912), which is a line of text in and a page of text out, in the
// format of each registry. A Client asks RDAP first, then WHOIS, and then, if
// it is told to, what DNS has to say:
//
//	c, err := lookup.New(lookup.Options{CacheDir: dir, Cache: store})
//	r, err := c.Lookup(ctx, "203.0.113.7")
//	switch {
//	case errors.Is(err, lookup.ErrUnreachable): // try again later
//	case errors.Is(err, lookup.ErrNoContact):   // nobody to write to
//	case err == nil:
//		for _, contact := range r.Best() { … }
//	}
//
// # Whom to write to
//
// The network's own abuse role is the desk (High). Where nobody filled it in,
// an abuse address in the remarks or among the technical contacts is the next
// best (Medium), and then the people who are responsible for the network, in
// the order of the names that desks go by (Low). The narrowest network around
// the address is asked first, and what is above it only when it names nobody.
// For a domain the registrar's desk is asked; the contacts of the domain
// itself may be the spammer's.
//
// Some addresses are never proposed, however an answer words it: registries
// themselves, which stand as the contact in the answers for space that they
// passed on, response teams that are named everywhere, placeholders
// (NeverMail), and whoever bounced before (Options.Suppressed). Result.Rejected
// says who was passed over and why.
//
// # Whom to trust
//
// Every answer is hostile input. It is bounded in size and time; its addresses
// are normalised, its text made printable on one line. The servers that it
// names (redirects, links, referrals) are connected to only at public
// addresses, which is checked at the dial, after the name was resolved.
//
// # Manners
//
// A sweep of a hundred thousand messages asks each registry once for each
// network: answers are remembered by prefix (memory and Options.Cache),
// and concurrent lookups in one network wait for the first. Each server has
// one query in flight, a rate, and a breaker: after three failures in a row, a
// 429 or a refusal it is left alone for a while.
package lookup
