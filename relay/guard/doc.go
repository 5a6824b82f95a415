// Package guard stands at both doors of the relay: at the one where mail comes
// in (submission.Policy) and at the one where it leaves (relay.Gate). It holds
// mail to the limits and the warm-up plan (package limit), and stops what would
// go to an address that is not to be written to (package suppress).
//
// # Where limits hold
//
// The door out decides: a recipient is counted right before it is tried, in one
// transaction with the check that there is room, so that any number of
// processes keep a limit together. Who finds no room waits until the window
// ends, without an attempt, and everything else that would find none is put off
// in the same transaction. With Refuse the door in also says no, as soon as
// what is counted and what waits would fill the quota. It counts nothing, so
// that nothing has to be given back when a client goes away; of two clients at
// the same moment one may get in too many, and its mail then waits.
//
// # What is not limited
//
// Mail of this program itself from the null reverse-path: bounces, and the
// alerts that say that a quota is nearly full.
package guard
