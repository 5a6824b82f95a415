package relay

import (
	"context"
	"errors"
	"time"
)

// State is where a recipient of a queued message stands.
type State string

// The states. Delivered, Failed and Dropped are final.
const (
	Queued    State = "queued"    // not tried yet
	Retrying  State = "retrying"  // tried, will be tried again
	OnHold    State = "held"      // waits until a person releases it
	Delivered State = "delivered" // the next server took it
	Failed    State = "failed"    // refused for good, or expired
	Dropped   State = "dropped"   // given up by a person
)

// Reply is what a server answered, or, with a zero Code, what went wrong
// before it could.
type Reply struct {
	Code   int    // RFC 5321 §4.2, such as 450
	Status string // enhanced status code (RFC 3463), such as 4.2.0; may be empty
	Text   string
}

// Job is a message leased for delivery: those of its recipients that are due.
// Nobody else gets them until they are settled or put off, or the process is
// gone.
type Job struct {
	ID         string
	Priority   Priority
	From       string
	Queued     time.Time
	Submitter  string
	UTF8       bool
	DSN        DSN
	Recipients []Pending
}

// Pending is a recipient of a leased job.
type Pending struct {
	Address  string
	Domain   string        // of the address, in lower case
	Attempts int           // made before this one
	Waited   time.Duration // that limits have kept it; its age is without that
	Receipt  Receipt
}

// Outcome is what an attempt came to for one recipient.
type Outcome struct {
	Recipient string
	State     State
	Reply     Reply
	Next      time.Time // when to try again, for Retrying

	// Notice tells the sender of this outcome and perhaps of others: it is queued
	// in the same transaction, so that a kill loses none and repeats none.
	Notice *Submission
	// Notify replaces what the sender wants to be told of, unless it is empty:
	// of a delay it is told once.
	Notify string
	// Notifies says that the next server sends the receipts itself (RFC 3461).
	Notifies bool
}

// Delay puts recipients of a leased job off.
type Delay struct {
	ID         string
	Recipients []string
	Until      time.Time // zero: they are due as they were
	Why        string    // kept as their last reply, unless it is empty
	Limit      bool      // a limit keeps them: they do not age meanwhile
}

// Queue keeps messages until they are delivered. It is implemented by
// internal/store. Each method is one transaction that is on disk when the
// method returns nil.
type Queue interface {
	// Enqueue keeps a message. It refuses one whose Check fails.
	Enqueue(ctx context.Context, s Submission) error

	// Lease takes up to limit messages that have recipients due, longest due
	// first. Leases of processes that are gone are taken over.
	Lease(ctx context.Context, now time.Time, limit int) ([]Job, error)

	// Message returns the bytes of a queued message, or ErrDamaged.
	Message(ctx context.Context, id string) ([]byte, error)

	// Settle records outcomes of a leased job and ends the lease of those
	// recipients. ErrLeaseLost means that it was too late for that.
	Settle(ctx context.Context, id string, now time.Time, outcomes []Outcome) error

	// PutOff gives leased recipients back untried. No attempt is counted.
	PutOff(ctx context.Context, now time.Time, delays ...Delay) error

	// NextDue says when the next recipient falls due; zero when none waits.
	NextDue(ctx context.Context) (time.Time, error)
}

// ErrNotQueued says that there is no such message in the queue, or that it is
// not in a state in which it can be changed that way.
var ErrNotQueued = errors.New("no such message waits in the queue")

// ErrDamaged says that the text of a message cannot be read any more, or is not
// what was queued. It concerns that message alone.
var ErrDamaged = errors.New("the message is damaged in the queue")

// ErrLeaseLost says that another process has taken a job over: this one was
// taken for dead.
var ErrLeaseLost = errors.New("the lease was lost to another process")

// Item is one recipient as a listing of the queue shows it.
type Item struct {
	ID        string
	From      string
	Recipient string
	Size      int64
	State     State
	Attempts  int
	Queued    time.Time
	Next      time.Time // zero unless it waits to be tried
	Updated   time.Time // when the state last changed
	Reply     Reply     // the last one; zero before the first attempt
	Leased    bool      // a process is delivering it now
}

// Filter selects items of the queue. The zero value selects what is not final.
type Filter struct {
	ID     string
	States []State
	From   string // the envelope sender: an address, or a domain
	To     string // the recipient: an address, or a domain
	User   string // who handed it in
	Limit  int
	Newest bool // the last queued first, not last
	// Below, with Newest, is the recipient of a message after which the list
	// goes on: the last one of the page before.
	Below struct{ ID, Recipient string }
}

// Desk is the administration of a queue. A change applies to every recipient
// of the named messages that is not being delivered right now, and returns how
// many recipients changed. With no id it applies to all messages. A named
// message to which nothing could be done is ErrNotQueued, and then nothing is
// changed at all.
type Desk interface {
	List(ctx context.Context, f Filter) ([]Item, error)

	// Retry makes waiting recipients due now. Of named messages also those
	// that failed are tried again.
	Retry(ctx context.Context, now time.Time, ids ...string) (int, error)

	// Hold keeps waiting recipients from being tried; Release ends that.
	Hold(ctx context.Context, now time.Time, ids ...string) (int, error)
	Release(ctx context.Context, now time.Time, ids ...string) (int, error)

	// Drop gives up named messages. It never applies to all.
	Drop(ctx context.Context, now time.Time, ids ...string) (int, error)
}
