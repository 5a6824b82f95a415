// Package doctor examines whether everything that spamreport needs works, from
// the configuration to the reputation of the address that mail leaves from,
// and says of each fault what to do about it.
//
//	for result := range doctor.Examine(ctx, setup.Checks(ctx)) {
//		fmt.Println(result.Status, result.Name, result.What, result.Do)
//	}
//
// It changes nothing: mailboxes are opened without touching a message, no mail
// is sent, nothing is written but a file that is removed again at once.
//
// # What makes mail arrive
//
// A complaint that a desk's server refuses, or files as spam, was written for
// nothing. Servers judge a message by the address that it comes from (its
// reverse name, lists of known sources) and by the domain in its From field:
// whether the domain lets that address send (SPF, RFC 7208), whether it signed
// the message (DKIM, RFC 6376), and what it asks for when neither is so
// (DMARC, RFC 7489). The checks of the groups identity and blocklist look at
// all of that from outside, by DNS, as the servers of the desks do.
//
// # The address that mail leaves from
//
// Without a smarthost it is this machine's. With one it is the smarthost's,
// and the name in the configuration tells it only roughly: a provider takes
// mail at one address and sends it from another. What follows from a guess is
// a warning at most, see [Setup.Addresses].
package doctor
