// Package followup reads what comes back about complaints: bounces, automatic
// answers, ticket numbers, and people.
//
// # Which complaint
//
// A complaint leaves three names behind, and an answer bears one of them: its
// Message-ID (in In-Reply-To, References, or the message that a bounce
// returns), the tag of the address for answers, and the incident id
// (SR-7K3F-9Q2M) in its subject and text. A message that bears none is given to
// Inbox.Other, which keeps what came back about other mail of the relay; the
// rest is the mailbox owner's own, and nothing of it is kept.
//
// # What is believed
//
// Desks pass complaints on to their customers, so whoever is complained about
// may know all three names and write anything. An answer is therefore
// shown, and nothing is done because of it. The exception is a bounce that
// says that the contact does not exist: it has to return the Message-ID and to
// name the very address that was written to, and nobody may have answered the
// complaint before. Then that address gets no further complaints, and this one goes to the next contact, once. What
// a forger gains is that the next contact reads the complaint instead.
//
// # What is not touched
//
// The mailbox is opened read-only: no flag is set, nothing is moved.
package followup
