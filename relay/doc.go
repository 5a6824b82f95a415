// Package relay moves messages: a durable queue, and its delivery to a
// smarthost or straight to the recipients' servers. It knows nothing of spam.
//
// # The promise
//
// A message is accepted when [Relay.Submit] returns: it is on disk then, and
// stays there until each of its recipients has an outcome that is final. The
// relay may be killed at any point. What it has not yet recorded it does
// again, so a kill between the next server's "250" and the note of it on disk
// repeats that one SMTP transaction, with the same bytes and so the same
// Message-ID. At most one for each connection is in flight and can be
// repeated; a [Smarthost] has one connection unless told otherwise.
//
// # The path of a message
//
//	Prepare → Submit → Queue → Flush or Run → Gate → Route → the next server
//
// [Prepare] makes a message fit for SMTP (line endings, Date, Message-ID, no
// Bcc). From then on its bytes never change. The [Queue] keeps one state for
// each recipient, since a server answers each RCPT by itself: one can be
// delivered while another waits. [Relay.Flush] and [Relay.Run] lease what is
// due, so that two processes never deliver to the same recipient at once, and
// sort it by destination, which the [Route] names. A few couriers work for
// each destination, and for that one only: what is slow or down holds up
// nothing else. A [Gate] may put recipients off or refuse them. What the server
// said is recorded:
//
//	2xx                    delivered
//	4xx, connection lost   retrying, later each time (see [Schedule]), up to five days
//	5xx                    failed, with the reply
//
// A destination that cannot be reached, or says 421, is left alone for a while.
// What waits for it is put off, which is no attempt.
//
// A refused password is not the message's fault: the message stays and the
// error says loudly what to repair.
package relay
