// Package complaint turns a verdict and a contact into a complaint that an
// abuse desk can act on: policy, redaction, composing, and the ledger's terms.
//
// The way of one incident:
//
//	Incident.Fingerprint   of which campaign it is a copy
//	Policy.Decide          may it be filed, to whom, and if not, why not
//	Composer.Compose       the whole message, deterministic and bounded
//
// Between the last two the spam becomes evidence: it is parsed into a tree of parts
// by a reader that accepts anything, bounded in depth, parts and octets
// (tree.go), shortened (shorten.go), cleared of the reporter's addresses
// (redact*.go), and written back so that it can be enclosed (render.go).
//
// # How the spam is enclosed
//
// Desks read message/rfc822 with any mail program, and their machines look for
// exactly that. RFC 2046 §5.2.1 forbids base64 and quoted-printable on that
// part itself, so that 8-bit or overlong lines inside it would need an SMTP
// path that takes 8BITMIME from end to end. Therefore the leaf parts inside
// are re-encoded, as RFC 6152 §3 and RFC 2045 §6.4 want it from a gateway;
// what is 7-bit already stays as it was, octet by octet, except for line
// endings. The enclosed copy is always a correct message, however broken the
// spam was. (The other way, text/rfc822-headers with the original as an opaque
// octet stream, keeps every octet and is read by nobody.)
//
// # Libraries
//
// The frame is written with emersion/go-message and not with wneessen/go-mail:
// go-mail has no multipart/report, adds a charset to every part, and takes
// random boundaries, while the same incident must give the same octets. The
// evidence is read with our own parser because go-message rightly refuses
// malformed header blocks, which are the ones that spam has.
package complaint
