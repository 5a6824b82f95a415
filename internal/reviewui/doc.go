// Package reviewui is the full-screen face of `spamreport review`: a list of
// the complaints that wait for approval, and what there is to know of the one
// under the cursor.
//
// A Model is a value that turns messages (keys, a new size, what the ledger
// answered) into another Model; what has to be done meanwhile is a task. Tasks
// run one after the other in the order of the keys, and what they are about
// leaves the list at once, so that nobody waits and no key is lost. What fails
// comes back into the list, with the reason.
//
// All that is shown passes through internal/term: everything in a complaint
// may have been written by a spammer, and a terminal obeys.
package reviewui
