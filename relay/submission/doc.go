// Package submission is the server that programs hand their mail to
// (RFC 6409). What it accepts is in the queue, on disk, before it says 250.
//
// # Never open
//
// Nobody sends without a log-in, and nobody logs in where others could listen:
// AUTH is offered over TLS and on loopback only. A user sends only under the
// addresses that are allowed to it, in the envelope and in the header. The one
// exception is configured by name: [Server.LoopbackUser] lets programs on this
// machine send as one user without a password.
//
// # Exactly framed
//
// Servers that do not agree on where a message ends can be talked into seeing
// two where there is one (SMTP smuggling). So every octet passes a gate before
// the SMTP library sees it: a command is one line that ends with CRLF; a text
// ends with CRLF, a dot and CRLF, and holds no bare CR, bare LF or NUL; a
// chunk has as many octets as it says. Anything else is refused, and the
// session ends where nobody can be sure any more what the next octet is.
//
// # The path of a message
//
//	connection → TLS → gate → go-smtp → session → rights, Policy → Prepare → Queue
//
// A [Policy] can refuse a recipient or a message beyond that: rates, quotas and
// suppression lists are policies.
package submission
