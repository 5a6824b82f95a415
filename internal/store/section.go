package store

import (
	"context"
	"database/sql"
	"slices"

	"spamreport/complaint"
	"spamreport/internal/pipeline"
)

// section names what a transaction reads and then writes, so that another one
// in between would make it untrue: a message, a contact with its incidents and
// its limit. Transactions in sections that have nothing in common run side by
// side, also of one process. nil is the whole ledger.
//
// SQLite has one writer, and needs none of this.
type section []string

// filing is the section of what is recorded: each message is filed once, and
// what decides on a complaint (the incident that goes on, the network's last
// complaint, the day's limit) hangs on the contact.
func filing(cases []pipeline.Filing, others ...complaint.Entry) section {
	names := section{}
	enter := func(e complaint.Entry) {
		names.add("message ", e.Digest)
		names.add("message ", e.Spam)
		names.add("contact ", e.Contact)
		names.add("contact ", e.Key.Contact)
	}
	for _, f := range cases {
		enter(f.Entry)
	}
	for _, e := range others {
		enter(e)
	}
	return names
}

// add names something, unless there is nothing or it has just been named.
func (s *section) add(kind, name string) {
	if name = kind + name; name != kind && !slices.Contains((*s)[max(0, len(*s)-4):], name) {
		*s = append(*s, name)
	}
}

// together is how many of the outcomes are recorded in one transaction, from the
// first on, and its section. Where others can run beside it, it takes few locks:
// they wait for each contact that it is at.
func (s *Store) together(all []pipeline.Outcome) ([]pipeline.Outcome, section) {
	within := filing(all[0].Cases)
	for i, o := range all[1:] {
		more := filing(o.Cases)
		if s.dialect.fewLocks > 0 && len(within)+len(more) > s.dialect.fewLocks {
			return all[:1+i], within
		}
		within = append(within, more...)
	}
	return all, within
}

// folderSection is how far a folder was swept, and what was marked in it.
func folderSection(account, folder string) section {
	return section{"folder " + account + "/" + folder}
}

var (
	// limitsSection is what is counted against the limits of the relay.
	limitsSection = section{"limits"}
	// cacheSection is the cache of lookups.
	cacheSection = section{"lookup cache"}
)

// enter makes a transaction wait until no other one on any machine is in a
// section of its batch: what it reads there is true until it commits. All locks
// are taken at once, in order, so that no two wait for each other.
func (s *Store) enter(ctx context.Context, tx *sql.Tx, batch []write) error {
	if s.sessions == nil {
		return nil
	}
	ledger := s.sessions.key(ledgerLock)
	keys, whole := s.keys(batch)
	if whole {
		_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, ledger)
		return err
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared($1)`, ledger); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key`, keys)
	return err
}

// maxKeys bounds the locks of a transaction: a server has room for 6,400 of all
// sessions unless it is told otherwise (max_locks_per_transaction).
const maxKeys = 400

// keys are those of the sections of a batch, in order; whole says that it takes the
// whole ledger.
func (s *Store) keys(batch []write) (keys []int64, whole bool) {
	for _, w := range batch {
		if w.within == nil {
			return nil, true
		}
		for _, name := range w.within {
			keys = append(keys, s.sessions.key("section "+name))
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return keys, len(keys) > maxKeys
}
