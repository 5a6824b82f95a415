// Package store keeps the ledger, the progress of sweeps, the relay's queue
// and the answers of registries in one database, so that filing a complaint
// (ledger entry, place in the mailbox, message in the queue) is one
// transaction.
//
// It implements the interfaces that its users define: pipeline.Ledger,
// pipeline.Progress, relay.Queue, relay.Desk and lookup.Cache.
//
// # Two databases
//
// A store is a file of SQLite or a database on a PostgreSQL server. The schema
// and every statement are written once, in the SQL that both have in common;
// what they do differently is one table of words (dialect) and who is asked
// which processes live (owners).
//
// # Durability
//
// SQLite runs in WAL mode with synchronous=FULL: a method that returns nil has
// been synced to disk. A sync costs about a millisecond, which would make it
// the ceiling of everything, so writes share it: all of them go through one
// goroutine that commits whatever came in during the previous sync as one
// transaction (group commit). A write that fails is rolled back by itself and
// does not take the others along.
//
// On a server every process has such a goroutine for the ledger, whose
// transactions wait for each other by an advisory lock: what one of them reads is
// true until it commits, on whatever machine, as with SQLite. Transactions on
// rows of the queue run side by side. What failed by no fault of its own, because
// two got in each other's way or the server was restarted, is tried again; what
// became of a commit whose connection broke is asked by its number.
//
// # Leases
//
// A process that delivers holds a lock in the kernel, on one octet of the file
// "<database>-lock" whose position is its owner number. The lock goes with the
// process, however it ends, so the next one sees at once which leases are
// void, and no clock is involved. Where the kernel has no such locks, leases
// expire instead. On a server the lock is an advisory lock of PostgreSQL, which
// goes with the session.
package store
