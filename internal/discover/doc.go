// Package discover finds the mail servers of an address, so that nobody has to
// look them up.
//
// It asks, in this order, and takes the first answer:
//
//	the table of providers    by the domain of the address
//	the domain itself         autoconfig at https://autoconfig.DOMAIN, then below /.well-known
//	DNS                       SRV records (RFC 6186, RFC 8314)
//	the table of providers    by the domain's MX, for domains that somebody else runs
//	Thunderbird's database    the same autoconfig files, collected by others
//	a guess                   imap.DOMAIN, mail.DOMAIN and the like, if they answer with TLS
//
// Only servers with TLS are found (RFC 8314): what a file offers in the clear
// is passed over. The files come over HTTPS, since whoever could change one on
// the way would be given the password. Even so, an answer is a proposal: the
// caller shows it, and logs in only when the person agrees.
package discover
