// Package dsn writes what a sender is told of the fate of a message: delivery
// status notifications (RFC 3464), "bounces" for short.
//
// # Who is told what
//
// A sender says with NOTIFY what it wants to hear of (RFC 3461 §4.1); one that
// says nothing hears of failures. NEVER is respected. A null reverse-path is
// never written to, and every notification has one, so that there is no bounce
// of a bounce (RFC 5321 §4.5.5).
//
//	failed   refused for good, or given up
//	delayed  not yet delivered after DelayAfter; once
//	relayed  taken by a server that does not do notifications itself: what SUCCESS
//	         comes to beyond our sight (RFC 3461 §5.2.2)
//
// # What it has in it
//
// Three parts: an explanation for people, the report for programs, and the
// header of the message. With RET=FULL the third part is the whole message,
// if it has at most MaxReturned octets.
package dsn
