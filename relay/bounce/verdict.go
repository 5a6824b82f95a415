package bounce

// Class says what an SMTP reply means for the recipient address.
type Class string

// The classes.
const (
	Hard    Class = "hard"    // the address or its domain will never take mail
	Soft    Class = "soft"    // temporary: full, rate, server or network trouble
	Block   Class = "block"   // policy, reputation, content, authentication: the address is fine
	Unknown Class = "unknown" // nothing in the reply says
)

// Reason is why mail was not taken, one of a fixed vocabulary.
type Reason string

// The reasons. Each belongs to one class, see Reason.Class.
const (
	UserUnknown   Reason = "user-unknown"   // no such mailbox
	DomainUnknown Reason = "domain-unknown" // no such domain or host
	Disabled      Reason = "disabled"       // the mailbox was closed or suspended
	Moved         Reason = "moved"          // the user went elsewhere
	NoMail        Reason = "no-mail"        // the domain says that it takes no mail (RFC 7505)
	RelayDenied   Reason = "relay-denied"   // the server is not one for this domain

	MailboxFull Reason = "mailbox-full"
	Rate        Reason = "rate"       // too much at once
	Greylisted  Reason = "greylisted" // to be tried again, on principle
	Server      Reason = "server"     // something is broken or full there
	Network     Reason = "network"    // not reached, cut off, or going in circles
	DNS         Reason = "dns"        // the name could not be looked up now
	Expired     Reason = "expired"    // waited too long in a queue

	Blocklist   Reason = "blocklist"    // the address or domain of the sender is on a list
	Reputation  Reason = "reputation"   // it is ill-reputed, listed or not
	SpamContent Reason = "spam-content" // the message looks like spam
	Virus       Reason = "virus"        // or carries a virus or forbidden attachment
	AuthFail    Reason = "auth-fail"    // SPF, DKIM, DMARC, or a login that is missing
	ReverseDNS  Reason = "reverse-dns"  // the sending host has no proper name
	Sender      Reason = "sender"       // the envelope or From address is not acceptable
	Size        Reason = "size"         // the message is too large
	Content     Reason = "content"      // the message is malformed
	Protocol    Reason = "protocol"     // the session was
	TLS         Reason = "tls"          // no secure connection was to be had
	Policy      Reason = "policy"       // somebody wants it so

	NoReason Reason = "unknown"
)

// Class gives the class that the reason belongs to.
func (r Reason) Class() Class {
	switch r {
	case UserUnknown, DomainUnknown, Disabled, Moved, NoMail, RelayDenied:
		return Hard
	case MailboxFull, Rate, Greylisted, Server, Network, DNS, Expired:
		return Soft
	case Blocklist, Reputation, SpamContent, Virus, AuthFail, ReverseDNS, Sender, Size, Content, Protocol, TLS, Policy:
		return Block
	}
	return Unknown
}

// Verdict is what a reply means.
type Verdict struct {
	Class  Class
	Reason Reason
	Rule   string // the row of the tables that said so; empty when none did
	Help   string // the page that the reply refers to (delisting, postmaster), if any
}
