// Package bounce understands what mail servers answer: what an SMTP reply
// means for the address it is about, and what a message that came back is.
//
// # Why the code is not enough
//
// RFC 5321 §4.2 has a few three-digit codes, RFC 3463 a finer set of enhanced
// ones, and servers use both as they please:
//
//	550 5.7.1 user unknown                     nobody there
//	550 5.7.1 blocked using zen.spamhaus.org   the sender's address is listed
//	552 over quota                             later it may have room
//	552 5.3.4 message too large                it would take a smaller one now
//
// What to do differs: an address that does not exist must not be mailed
// again; a full mailbox may be tried tomorrow; one behind a blocklist is as
// good as ever, and it is the sender who has something to mend. These are the
// classes Hard, Soft and Block.
//
// # Who is believed
//
// Classify asks, in this order: the text, since somebody wrote it about this
// very case; the enhanced code; the basic code. Each has a table of rows, and
// the first row that fits decides. Within the text, codes of big providers
// come first, then the sentences that can mean one thing only, then those
// that others also contain ("rejected" stands in nearly all of them).
//
// # What comes back
//
// Read takes a whole message. A bounce should be a multipart/report (RFC
// 3464), and many are; the others are texts that each program writes in its
// own way, with the returned message below a line of dashes. Answers that
// programs write should say so (Auto-Submitted, RFC 3834); many only do in
// their subject, in the language of their owner. Read looks at the fields
// that were made for the purpose first and at words last, and follows no
// link.
//
// All input is hostile: sizes, parts, and depth are bounded, and each text is
// looked at in linear time.
//
// docs/bounces.md says how a rule is added: one row, one case.
package bounce
