// Package relay moves messages: a durable queue and its delivery to a
// smarthost. It knows nothing of spam.
//
// # The promise
//
// A message is accepted when [Relay.Submit] returns: it is on disk then, and
// stays there until each of its recipients has an outcome that is final. The
// relay may be killed at any point. What it has not yet recorded it does
// again, so a kill between the smarthost's "250" and the note of it on disk
// repeats that one SMTP transaction, with the same bytes and so the same
// Message-ID. With [Relay.Connections] at its default of one, at most one
// transaction is in flight and can be repeated.
//
// # The path of a message
//
//	Prepare → Submit → Queue → Flush → Smarthost
//
// [Prepare] makes a message fit for SMTP (line endings, Date, Message-ID, no
// Bcc). From then on its bytes never change. The [Queue] keeps one state for
// each recipient, since a smarthost answers each RCPT by itself: one can be
// delivered while another waits. [Relay.Flush] leases what is due, so that two
// processes never deliver to the same recipient at once, hands it over, and
// records what the smarthost said:
//
//	2xx                    delivered
//	4xx, connection lost   retrying, later each time (see [Schedule]), up to five days
//	5xx                    failed, with the reply
//
// A refused password is not the message's fault: the message stays and the
// error says loudly what to repair.
package relay
