package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/lookup"
	"spamreport/relay"
	"spamreport/templates"
)

var errKilled = errors.New("killed")

// mortal counts steps and dies at one of them, and from then on at all.
type mortal struct {
	steps, dieAt int // dieAt 0: never
}

func (m *mortal) step() error {
	m.steps++
	if m.dieAt != 0 && m.steps >= m.dieAt {
		return errKilled
	}
	return nil
}

// folder is an IMAP folder in memory.
type folder struct {
	*mortal
	validity uint32
	messages map[uint32]string
	marked   map[uint32]int
	reported bool // every message carries the keyword
	fetched  int  // whole
	chunk    int  // how many header blocks come at a time
}

func newFolder(messages ...string) *folder {
	f := &folder{mortal: &mortal{}, validity: 7, messages: map[uint32]string{}, marked: map[uint32]int{}, chunk: 3}
	for i, m := range messages {
		f.messages[uint32(i+1)] = m
	}
	return f
}

func (f *folder) Headers(_ context.Context, uid uint32, opts mailbox.HeaderOptions) iter.Seq2[[]mailbox.Message, error] {
	return func(yield func([]mailbox.Message, error) bool) {
		step := f.chunk
		if opts.Most > 0 {
			step = min(step, opts.Most)
		}
		for uids := range slices.Chunk(f.above(uid), step) {
			if err := f.step(); err != nil {
				yield(nil, err)
				return
			}
			var list []mailbox.Message
			for _, uid := range uids {
				header, _, _ := strings.Cut(f.messages[uid], "\r\n\r\n")
				m := f.message(uid)
				m.Raw, m.Digest, m.Truncated = []byte(header+"\r\n\r\n"), "", true
				list = append(list, m)
			}
			if !yield(list, nil) {
				return
			}
		}
	}
}

func (f *folder) above(uid uint32) []uint32 {
	var uids []uint32
	for u := range f.messages {
		if u > uid {
			uids = append(uids, u)
		}
	}
	slices.Sort(uids)
	return uids
}

func (f *folder) message(uid uint32) mailbox.Message {
	raw := []byte(f.messages[uid])
	return mailbox.Message{
		Name: fmt.Sprintf("Junk/%d", uid), Raw: raw, Size: int64(len(raw)), Digest: mailbox.Digest(raw),
		Place:    mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: f.validity, UID: uid},
		Reported: f.reported,
	}
}

func (f *folder) After(ctx context.Context, uid uint32, opts mailbox.FetchOptions) iter.Seq2[mailbox.Message, error] {
	return f.Fetch(ctx, f.above(uid), opts)
}

func (f *folder) Fetch(_ context.Context, uids []uint32, _ mailbox.FetchOptions) iter.Seq2[mailbox.Message, error] {
	return func(yield func(mailbox.Message, error) bool) {
		for _, uid := range uids {
			if err := f.step(); err != nil {
				yield(mailbox.Message{}, err)
				return
			}
			f.fetched++
			if !yield(f.message(uid), nil) {
				return
			}
		}
	}
}

func (f *folder) Mark(_ context.Context, uids []uint32) error {
	if err := f.step(); err != nil {
		return err
	}
	for _, uid := range uids {
		f.marked[uid]++
	}
	return nil
}

func (f *folder) Move(context.Context, []uint32, string) error { return errors.New("not asked for") }

// desks answers every address with one desk, or with an error.
type desks struct {
	err   error
	asked atomic.Int64
}

func (d *desks) Lookup(context.Context, string) (lookup.Result, error) {
	return lookup.Result{}, errors.New("nobody asks for names")
}

func (d *desks) IP(_ context.Context, addr netip.Addr) (lookup.Result, error) {
	d.asked.Add(1)
	return lookup.Result{
		Query:    addr.String(),
		Contacts: []lookup.Contact{{Email: "abuse@hosting.example", Role: "abuse", Via: "rdap", Confidence: lookup.High}},
	}, d.err
}

// mortalLedger dies between the transactions of a store.
type mortalLedger struct {
	*store.Store
	*mortal
}

func (l mortalLedger) Record(ctx context.Context, cases []pipeline.Filing, p mailbox.Place) ([]complaint.Entry, error) {
	if err := l.step(); err != nil {
		return nil, err
	}
	recorded, err := l.Store.Record(ctx, cases, p)
	if err == nil {
		err = l.step() // done on disk, but the caller never learns it
	}
	return recorded, err
}

func (l mortalLedger) RecordAll(ctx context.Context, all []pipeline.Outcome) ([][]complaint.Entry, error) {
	if err := l.step(); err != nil {
		return nil, err
	}
	recorded, err := l.Store.RecordAll(ctx, all)
	if err == nil {
		err = l.step()
	}
	return recorded, err
}

func (l mortalLedger) RecordTogether(ctx context.Context, lead pipeline.Filing, others []complaint.Entry) (complaint.Entry, error) {
	if err := l.step(); err != nil {
		return complaint.Entry{}, err
	}
	recorded, err := l.Store.RecordTogether(ctx, lead, others)
	if err == nil {
		err = l.step()
	}
	return recorded, err
}

func (l mortalLedger) SetCursor(ctx context.Context, account, name string, validity, uid uint32) error {
	if err := l.step(); err != nil {
		return err
	}
	return l.Store.SetCursor(ctx, account, name, validity, uid)
}

func (l mortalLedger) SetMarked(ctx context.Context, account, name string, validity uint32, uids []uint32) error {
	if err := l.step(); err != nil {
		return err
	}
	return l.Store.SetMarked(ctx, account, name, validity, uids)
}

// rig is a sweep over a folder in memory on a store in memory.
type rig struct {
	sweep  *pipeline.Sweep
	folder *folder
	store  *store.Store
	desks  *desks
	seen   []pipeline.Case
}

func newRig(t *testing.T, messages ...string) *rig {
	t.Helper()
	return newRigAt(t, nil, messages...)
}

// newRigAt is newRig with a clock.
func newRigAt(t *testing.T, now func() time.Time, messages ...string) *rig {
	t.Helper()
	s := storetest.New(t, store.Options{Now: now})
	letters, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	rule, err := headers.ParseTrust("example.org")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{folder: newFolder(messages...), store: s, desks: &desks{}}
	ledger := mortalLedger{s, r.folder.mortal}
	r.sweep = &pipeline.Sweep{
		Stages: &pipeline.Stages{
			Walker: &headers.Walker{Trust: []headers.TrustRule{rule}}, Desks: r.desks, Ledger: ledger, Now: now,
			Composer: &complaint.Composer{Identity: complaint.Identity{Email: "me@example.org"}, Templates: letters},
		},
		Progress: ledger, After: pipeline.After{Flag: true}, Auto: true,
		Observe: func(c pipeline.Case) { r.seen = append(r.seen, c) },
	}
	return r
}

func (r *rig) run(t *testing.T) error {
	t.Helper()
	r.seen = nil
	return r.sweep.Run(t.Context(), r.folder, mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: r.folder.validity})
}

func (r *rig) approve(t *testing.T, e complaint.Entry) {
	t.Helper()
	sub, err := pipeline.NewSubmission(*e.Complaint, r.sweep.Stages.Signer, time.Now())
	if err == nil {
		err = r.store.Approve(t.Context(), e.Digest, sub)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) actions() map[complaint.Action]int {
	counts := map[complaint.Action]int{}
	for _, c := range r.seen {
		counts[c.Action]++
	}
	return counts
}

// queued is how many complaints are in the relay's queue.
func (r *rig) queued(t *testing.T) int {
	t.Helper()
	items, err := r.store.Queue().List(t.Context(), relay.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(items)
}

func spam(n int) string {
	return fmt.Sprintf("Received: from x.example.net (x.example.net [198.51.100.%d]) by mx.example.org with ESMTP id %d; %s\r\n"+
		"From: a@example.net\r\nSubject: offer %d\r\nMessage-ID: <%d@example.net>\r\n\r\nbuy\r\n",
		n, n, sent.Format(time.RFC1123Z), n, n)
}

// sent is when spam was sent, so that message n is the same whenever it is made.
var sent = time.Now()

const ham = "Received: from pc (pc [192.168.1.4]) by mx.example.org with ESMTP id 9; Thu, 1 Jan 2026 00:00:00 +0000\r\nSubject: x\r\n\r\nx\r\n"

func TestASweepFilesEachMessageOnce(t *testing.T) {
	r := newRig(t, spam(1), spam(2), ham, spam(1), "no mail at all\r\n")
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	want := map[complaint.Action]int{complaint.Sent: 2, complaint.Skipped: 2, complaint.Duplicate: 1}
	if got := r.actions(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("actions %v, want %v", got, want)
	}
	// The second copy of a message was reported too, in the mailbox's eyes.
	if want := map[uint32]int{1: 1, 2: 1, 4: 1}; fmt.Sprint(r.folder.marked) != fmt.Sprint(want) {
		t.Errorf("marked %v, want %v", r.folder.marked, want)
	}
	fetched := r.folder.fetched
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if r.queued(t) != 2 || len(r.seen) != 0 || r.folder.fetched != fetched {
		t.Errorf("second sweep: %d queued, %d seen, %d fetched", r.queued(t), len(r.seen), r.folder.fetched-fetched)
	}
}

// TestASweepKilledAtAnyStep kills a sweep at each of its steps in turn, and
// lets the next one finish: each complaint is queued once and marked.
func TestASweepKilledAtAnyStep(t *testing.T) {
	messages := []string{spam(1), spam(2), ham, spam(3)}
	whole := newRig(t, messages...)
	if err := whole.run(t); err != nil {
		t.Fatal(err)
	}
	for dieAt := 1; dieAt <= whole.folder.steps; dieAt++ {
		t.Run(fmt.Sprint(dieAt), func(t *testing.T) {
			r := newRig(t, messages...)
			r.folder.dieAt = dieAt
			if err := r.run(t); !errors.Is(err, errKilled) {
				t.Fatalf("the sweep went on: %v", err)
			}
			r.folder.dieAt = 0
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if got := r.queued(t); got != 3 {
				t.Errorf("%d complaints queued, want 3", got)
			}
			for _, uid := range []uint32{1, 2, 4} {
				if r.folder.marked[uid] == 0 {
					t.Errorf("message %d is not marked", uid)
				}
			}
			if r.folder.marked[3] != 0 {
				t.Error("a message that was not reported is marked")
			}
			entries, err := r.store.History(t.Context(), store.HistoryFilter{})
			if err != nil || len(entries) != len(messages) {
				t.Errorf("the ledger has %d entries about %d messages (%v)", len(entries), len(messages), err)
			}
		})
	}
}

func TestWhatCannotBeDecidedIsTakenUpAgain(t *testing.T) {
	r := newRig(t, spam(1))
	r.desks.err = fmt.Errorf("lookup: %w", lookup.ErrUnreachable)
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Deferred] != 1 || r.queued(t) != 0 {
		t.Fatalf("actions %v", got)
	}
	r.desks.err = nil
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if len(r.seen) != 0 {
		t.Errorf("the registry was asked again at once: %v", r.actions())
	}
	later := time.Now().Add(time.Hour)
	r.sweep.Stages.Now = func() time.Time { return later }
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Sent] != 1 || r.queued(t) != 1 || r.folder.marked[1] != 1 {
		t.Errorf("actions %v, %d queued, marked %v", got, r.queued(t), r.folder.marked)
	}
}

// What keeps a complaint from being mailed is never final when it is only that
// nobody could be asked.
func TestAComplaintWaitsWhileTheNeverMailListCannotBeRead(t *testing.T) {
	away := func(string) (string, bool, error) { return "", false, errors.New("the database is away") }
	for name, gate := range map[string]func(*pipeline.Stages) *func(string) (string, bool, error){
		"the policy asks":   func(s *pipeline.Stages) *func(string) (string, bool, error) { return &s.Policy.Never },
		"the composer asks": func(s *pipeline.Stages) *func(string) (string, bool, error) { return &s.Composer.NeverMail },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, spam(1))
			*gate(r.sweep.Stages) = away
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if got := r.actions(); got[complaint.Deferred] != 1 || r.queued(t) != 0 {
				t.Fatalf("actions %v", got)
			}
			*gate(r.sweep.Stages) = nil
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if got := r.actions(); got[complaint.Sent] != 1 || r.queued(t) != 1 || r.folder.marked[1] != 1 {
				t.Errorf("actions %v, %d queued, marked %v", got, r.queued(t), r.folder.marked)
			}
		})
	}
}

func TestAnAnswerWithoutADeskIsFinal(t *testing.T) {
	r := newRig(t, spam(1))
	r.desks.err = fmt.Errorf("lookup: %w", lookup.ErrNoContact)
	for range 2 {
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
	}
	if r.desks.asked.Load() != 1 || r.queued(t) != 0 {
		t.Errorf("asked %d times, %d queued", r.desks.asked.Load(), r.queued(t))
	}
}

func TestNothingIsSentThatNobodyAllowed(t *testing.T) {
	r := newRig(t, spam(1))
	r.sweep.Auto = false
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Held] != 1 || r.queued(t) != 0 || len(r.folder.marked) != 0 {
		t.Fatalf("actions %v, %d queued, marked %v", got, r.queued(t), r.folder.marked)
	}
	// Approved, it is queued once, and the next sweep marks it in the mailbox.
	held, err := r.store.Held(t.Context())
	if err != nil || len(held) != 1 {
		t.Fatalf("held: %v, %v", held, err)
	}
	r.approve(t, held[0])
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if r.queued(t) != 1 || r.folder.marked[1] != 1 {
		t.Errorf("%d queued, marked %v", r.queued(t), r.folder.marked)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	r := newRig(t, spam(1), spam(2))
	r.sweep.DryRun = true
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.WouldSend] != 2 || r.queued(t) != 0 || len(r.folder.marked) != 0 {
		t.Errorf("actions %v, %d queued, marked %v", got, r.queued(t), r.folder.marked)
	}
	history, err := r.store.History(t.Context(), store.HistoryFilter{})
	if err != nil || len(history) != 0 {
		t.Errorf("ledger: %v, %v", history, err)
	}
	// And what it saw is still new to the sweep that follows.
	r.sweep.DryRun = false
	if err := r.run(t); err != nil || r.queued(t) != 2 {
		t.Errorf("%v, %d queued", err, r.queued(t))
	}
}

func TestALimitStopsWhereTheNextSweepGoesOn(t *testing.T) {
	r := newRig(t, spam(1), spam(2), spam(3))
	r.sweep.Limit = 2
	for i, want := range []int{2, 3, 3} {
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		if got := r.queued(t); got != want {
			t.Errorf("sweep %d: %d queued, want %d", i+1, got, want)
		}
	}
}

func TestANewUIDValidityReadsTheFolderAgainAndFilesNothingTwice(t *testing.T) {
	r := newRig(t, spam(1), spam(2))
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	r.folder.validity++
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Duplicate] != 2 || r.queued(t) != 2 {
		t.Errorf("actions %v, %d queued", got, r.queued(t))
	}
}

func TestADeskThatHadEnoughForTodayIsLeftAlone(t *testing.T) {
	r := newRig(t, spam(1), spam(2), spam(3))
	r.sweep.Stages.Policy.PerContactPerDay = 2
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Sent] != 2 || got[complaint.Deferred] != 1 {
		t.Fatalf("actions %v", got)
	}
	tomorrow := time.Now().Add(25 * time.Hour)
	r.sweep.Stages.Now = func() time.Time { return tomorrow }
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Sent] != 1 || r.queued(t) != 3 {
		t.Errorf("the day after: actions %v, %d queued", got, r.queued(t))
	}
}

func TestWhatTheMailboxSaysWasReportedIsNotReportedAgain(t *testing.T) {
	r := newRig(t, spam(1))
	r.folder.reported = true
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Skipped] != 1 || r.queued(t) != 0 || r.folder.fetched != 0 {
		t.Errorf("actions %v, %d queued, %d fetched whole", got, r.queued(t), r.folder.fetched)
	}
}
