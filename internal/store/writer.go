package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
)

// maxBatch is how many writes share one commit at most. It bounds how long a
// commit takes and so how long the others wait.
const maxBatch = 128

// errClosed is returned by writes to a closed store.
var errClosed = errors.New("the database is closed")

// write is a transaction that somebody waits for. run may be called more
// than once: alone, when the batch it was in could not be committed, and again
// when it could not be for a while.
type write struct {
	ctx    context.Context
	run    func(ctx context.Context, tx *sql.Tx) error
	within section
	adds   int64 // octets of disk that a new message takes; see room
	result chan error
}

// update runs a transaction and returns when it is on disk or undone. What run
// sets outside of itself is valid only when update returns nil.
func (s *Store) update(ctx context.Context, run func(ctx context.Context, tx *sql.Tx) error) error {
	defer s.forgetGlances()
	return s.submit(s.ledger, write{ctx: ctx, run: run})
}

// updateWithin is update for a transaction that is true to itself as long as no
// other one is in its section.
func (s *Store) updateWithin(ctx context.Context, within section, run func(ctx context.Context, tx *sql.Tx) error) error {
	return s.submit(s.ledger, write{ctx: ctx, run: run, within: within})
}

// updateQueue is update for a transaction that others of its kind may run beside,
// in this process and in others: it changes only rows of the queue that this
// process has leased or adds.
func (s *Store) updateQueue(ctx context.Context, run func(ctx context.Context, tx *sql.Tx) error) error {
	return s.submit(s.queued, write{ctx: ctx, run: run})
}

// add is updateQueue for a transaction that brings a message of so many octets. It
// is refused with ErrDiskFull while there is still room for other updates.
func (s *Store) add(ctx context.Context, octets int, run func(ctx context.Context, tx *sql.Tx) error) error {
	return s.submit(s.queued, write{ctx: ctx, run: run, adds: footprint(octets)})
}

func (s *Store) submit(to chan<- write, w write) error {
	if s.write == nil {
		return fmt.Errorf("%w: it was opened for reading only", ErrReadOnly)
	}
	w.result = make(chan error, 1)
	if err := s.handOver(to, w); err != nil {
		return err
	}
	// Not given up when ctx ends: the caller must learn what became of it.
	err := explain(<-w.result)
	if w.adds > 0 && errors.Is(err, ErrDiskFull) {
		s.runShort(w.adds)
	}
	return err
}

func (s *Store) handOver(to chan<- write, w write) error {
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return errClosed
	}
	select {
	case to <- w:
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}

// start begins to write.
func (s *Store) start(db *sql.DB) {
	s.write = db
	s.ledger = make(chan write, maxBatch)
	s.queued = s.ledger
	for range max(s.dialect.ledgerWriters, 1) {
		s.writers.Go(func() { s.writer(s.ledger, s.enter) })
	}
	if s.dialect.queueWriters > 0 {
		s.queued = make(chan write, maxBatch)
	}
	for range s.dialect.queueWriters {
		s.writers.Go(func() { s.writer(s.queued, nil) })
	}
}

// writer commits what comes in. While it waits for the disk, more writes come
// in; they make up the next batch.
func (s *Store) writer(queue <-chan write, begin first) {
	for one := range queue {
		batch := s.gather(queue, one)
		errs := make([]error, len(batch))
		if err := s.commit(batch, errs, begin); err != nil && len(batch) > 1 {
			// One of them may be too much (a large message on a full disk)
			// where the others are not.
			for i := range batch {
				errs[i] = nil
				s.commitAlone(batch[i:i+1], errs[i:i+1], begin)
			}
		} else if err != nil {
			errs[0] = err
		}
		for i, w := range batch {
			w.result <- errs[i]
		}
	}
}

// OnCommit has told called after each commit, with the number of writes that
// shared it. It must not block.
func (s *Store) OnCommit(told func(writes int)) { s.told.Store(&told) }

// gather takes what waits already, without waiting for more, as long as its
// locks are few.
func (s *Store) gather(queue <-chan write, first write) []write {
	runtime.Gosched() // who is about to write does so first, and shares the commit
	batch, locks := []write{first}, len(first.within)
	for len(batch) < maxBatch && (s.dialect.fewLocks == 0 || locks < s.dialect.fewLocks) {
		select {
		case w, ok := <-queue:
			if !ok {
				return batch
			}
			batch, locks = append(batch, w), locks+len(w.within)
		default:
			return batch
		}
	}
	return batch
}

// total is how many octets of disk a batch takes.
func total(batch []write) int64 {
	var sum int64
	for _, w := range batch {
		sum += w.adds
	}
	return sum
}

func (s *Store) commitAlone(one []write, errs []error, begin first) {
	if err := s.commit(one, errs, begin); err != nil {
		errs[0] = err
	}
}

// first is what a transaction begins with.
type first func(ctx context.Context, tx *sql.Tx, batch []write) error

// commit commits the batch, if need be after several attempts. An error of one
// write goes to its place in errs; the returned error means that nothing was
// committed.
func (s *Store) commit(batch []write, errs []error, begin first) error {
	return s.insist(func() error {
		clear(errs)
		return s.attempt(batch, errs, begin)
	})
}

// attempt runs the batch as one transaction.
func (s *Store) attempt(batch []write, errs []error, begin first) error {
	// The transaction belongs to all of them, so no single context may end it.
	ctx, cancel := s.dialect.bounded()
	defer cancel()
	room := s.makeRoom(ctx, total(batch))
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	id, err := s.begin(ctx, tx, begin, batch)
	if err != nil {
		return err
	}
	for i, w := range batch {
		if errs[i] = w.ctx.Err(); errs[i] != nil {
			continue
		}
		if w.adds > 0 && w.adds > room {
			errs[i] = noRoom(room)
			continue
		}
		room -= w.adds
		if errs[i], err = inSavepoint(ctx, tx, w.run); err != nil {
			return err
		}
	}
	if err := s.finish(tx, id); err != nil {
		return err
	}
	if told := s.told.Load(); told != nil {
		(*told)(len(batch))
	}
	return nil
}

// inSavepoint runs one write so that it can be undone alone. failed is its own
// error; broken means that the transaction as a whole is lost.
func inSavepoint(ctx context.Context, tx *sql.Tx, run func(context.Context, *sql.Tx) error) (failed, broken error) {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT one_write"); err != nil {
		return nil, err
	}
	if failed = run(ctx, tx); passing(failed) {
		return failed, failed
	}
	if failed != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one_write"); err != nil {
			// After some errors SQLite has rolled back everything by itself;
			// the error that made it do so is the one to report.
			return failed, failed
		}
	}
	_, broken = tx.ExecContext(ctx, "RELEASE SAVEPOINT one_write")
	return failed, broken
}
