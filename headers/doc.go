// Package headers reads the trace of a message and names the address that
// handed it over to the first server its recipient can believe.
//
// # How a trace works
//
// Every server that takes a message puts a Received field on top (RFC 5321
// §4.4): from whom, by whom, how, when. Read from the top, the fields go back
// in time:
//
//	Received: from localhost by mx.example.org (amavisd-new) …   3: inside
//	Received: from mail.example.net ([192.0.2.7]) by mx.example.org …   2: the handoff
//	Received: from bank.example.com ([198.51.100.1]) by mail.example.net …   1: a claim
//
// A sender can write anything into the message, so also fields that look like
// these. He cannot write above the field of the first server that is not his.
// The common rule, to take the last Received field, therefore names whatever
// the spammer typed there; the right one is to start at the top, where the
// recipient's own server has written, and to go down only as long as the
// sending side of one line is somebody whose own line, the next, can be
// believed as well. The first sending side that is not is the source. RFC
// 5598 §2.2 calls the place the boundary between two administrative domains.
//
// # Whom to believe
//
// Believed are, in this order: private and loopback addresses, the recipient's
// own rules (Walker.Trust), hosts learned from ordinary mail (Learn), the
// inside of a known provider, and a second relay of the organisation that
// wrote the line. Of what a line says only the address counts, because the
// server saw it. The name behind "from" is what the client called itself. The
// name beside the address counts when the server looked it up and made sure
// that it leads back; Postfix, Sendmail, Exim and Gmail do, qmail and Exchange
// do not.
//
// # What comes out
//
// A Verdict has the Source with a reason that can be pasted into a complaint,
// and the Origin: where the source is a provider that writes truthfully who
// gave it the message, the client that it recorded. Every line has its Trust
// and a sentence. What stands below the source is shown as a claim, or as
// forged where it contradicts what is known, and never changes the source.
//
// Walk takes any bytes and fails on none. The same message always gets the
// same verdict, unless a Resolver is allowed to ask the DNS. Who reads many
// messages uses a Reader.
//
// The knowledge is in tables: formats.go (how servers write the sending side),
// remarks.go, kinds.go and software.go (the rest of a line), providers.go and
// senders.go (the big services). docs/headers.md says how to add to them.
package headers
