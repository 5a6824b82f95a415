package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/lookup"
)

// old is spam that nobody complains about any more.
func old(n int) string {
	return strings.Replace(spam(n), sent.Format(time.RFC1123Z), sent.Add(-60*24*time.Hour).Format(time.RFC1123Z), 1)
}

// never forbids to mail an address.
func (r *rig) never(address string) {
	r.sweep.Stages.Policy.Never = func(email string) (string, bool, error) { return "the user said so", email == address, nil }
}

// find says that there may be something in a text to complain about.
func (r *rig) find() {
	r.sweep.Stages.Find = func(context.Context, complaint.Incident) target.Found { return target.Found{} }
}

// TestOnlyWhatItsHeaderDoesNotDecideIsFetchedWhole: the texts of all others
// stay where they are.
func TestOnlyWhatItsHeaderDoesNotDecideIsFetchedWhole(t *testing.T) {
	const list = "Received: from x.example.net (x.example.net [198.51.100.7]) by mx.example.org with ESMTP id 1; %s\r\n" +
		"Authentication-Results: mx.example.org; dkim=pass header.d=shop.example\r\n" +
		"From: a@shop.example\r\nList-Id: <l.shop.example>\r\nSubject: x\r\n\r\nbuy\r\n"
	listed := fmt.Sprintf(list, time.Now().Format(time.RFC1123Z))
	// What the border server found stands above its own line.
	top, rest, _ := strings.Cut(listed, "Authentication-Results")
	listed = "Authentication-Results" + strings.Replace(rest, "\r\n", "\r\n"+top, 1)
	for name, tt := range map[string]struct {
		message string
		change  func(*rig)
		fetched int
		action  complaint.Action
	}{
		"spam":                        {spam(1), nil, 1, complaint.Sent},
		"without a source":            {ham, nil, 0, complaint.Skipped},
		"too old":                     {old(1), nil, 0, complaint.Skipped},
		"of a mailing list":           {listed, nil, 0, complaint.Skipped},
		"reported says the mailbox":   {spam(1), func(r *rig) { r.folder.reported = true }, 0, complaint.Skipped},
		"nobody to tell":              {spam(1), func(r *rig) { r.desks.err = fmt.Errorf("x: %w", lookup.ErrNoContact) }, 0, complaint.Skipped},
		"who must not be mailed":      {spam(1), func(r *rig) { r.never("abuse@hosting.example") }, 0, complaint.Skipped},
		"no registry answers":         {spam(1), func(r *rig) { r.desks.err = fmt.Errorf("x: %w", lookup.ErrUnreachable) }, 1, complaint.Deferred},
		"no mail":                     {"no mail at all\r\n", nil, 1, complaint.Skipped},
		"a header that begins blank":  {"\r\n\r\n" + spam(1), nil, 1, complaint.Sent},
		"nobody, but there are links": {spam(1), func(r *rig) { r.desks.err = fmt.Errorf("x: %w", lookup.ErrNoContact); r.find() }, 1, complaint.Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, tt.message)
			r.sweep.Stages.Policy.MaxAge = 30 * 24 * time.Hour
			if tt.change != nil {
				tt.change(r)
			}
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if got := r.actions(); r.folder.fetched != tt.fetched || got[tt.action] != 1 {
				t.Errorf("%d fetched whole, %v: %v", r.folder.fetched, got, r.seen[0].Why)
			}
		})
	}
}

func TestAPlaceThatTheLedgerKnowsIsADuplicateWithoutItsText(t *testing.T) {
	r := newRig(t, spam(1), ham, spam(2))
	r.folder.dieAt = 5 // headers, two texts, the transaction; then the cursor
	if err := r.run(t); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if r.queued(t) != 2 {
		t.Fatalf("%d queued before the cursor moved", r.queued(t))
	}
	r.folder.dieAt, r.folder.fetched = 0, 0
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Duplicate] != 2 || got[complaint.Skipped] != 1 || r.folder.fetched != 0 || r.queued(t) != 2 || len(r.folder.marked) != 2 {
		t.Errorf("%v, %d fetched whole, %d queued, marked %v", got, r.folder.fetched, r.queued(t), r.folder.marked)
	}
}

// TestCopiesThatAreExaminedTogetherAreOneComplaint: none of them knows of the
// others, and the ledger has the last word.
func TestCopiesThatAreExaminedTogetherAreOneComplaint(t *testing.T) {
	for _, auto := range []bool{true, false} {
		t.Run(fmt.Sprintf("auto %t", auto), func(t *testing.T) {
			r := newRig(t, copyOf("pills", 1), copyOf("pills", 2), spam(1), copyOf("pills", 3), spam(1))
			r.sweep.Stages.Policy.MergeFor, r.sweep.Auto = time.Hour, auto
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			filed := complaint.Sent
			if !auto {
				filed = complaint.Held
			}
			want := []complaint.Action{filed, complaint.Merged, filed, complaint.Merged, complaint.Duplicate}
			for i, c := range r.seen {
				if c.Action != want[i] || c.Message.Place.UID != uint32(i+1) {
					t.Errorf("message %d: %s: %s", c.Message.Place.UID, c.Action, c.Why)
				}
			}
			rows, err := r.store.History(t.Context(), store.HistoryFilter{Action: filed})
			if err != nil || len(rows) != 2 || rows[0].Copies+rows[1].Copies != 4 {
				t.Errorf("%+v, %v", rows, err)
			}
		})
	}
}

func TestTheLimitOfAContactHoldsForThoseExaminedTogether(t *testing.T) {
	r := newRig(t, spam(1), spam(2), spam(3), spam(4))
	r.sweep.Stages.Policy.PerContactPerDay = 2
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	for i, want := range []complaint.Action{complaint.Sent, complaint.Sent, complaint.Deferred, complaint.Deferred} {
		if r.seen[i].Action != want {
			t.Errorf("message %d: %s", i+1, r.seen[i].Action)
		}
	}
}

// TestWhatWasSkippedForItsHeaderIsReportedWhenTheUserTrustsAnother: to be
// skipped is not final.
func TestWhatWasSkippedForItsHeaderIsReportedWhenTheUserTrustsAnother(t *testing.T) {
	r := newRig(t, old(1))
	r.sweep.Stages.Policy.MaxAge = 30 * 24 * time.Hour
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	r.sweep.Stages.Policy.MaxAge = 0
	raw := []byte(r.folder.messages[1])
	c, err := r.sweep.Stages.Examine(t.Context(), mailbox.Message{Name: "a.eml", Raw: raw, Size: int64(len(raw)), Digest: mailbox.Digest(raw)})
	if err == nil {
		c, err = r.sweep.Stages.Settle(t.Context(), c, true)
	}
	if err != nil || c.Action != complaint.Sent || r.queued(t) != 1 {
		t.Errorf("given as a file: %s: %s, %v", c.Action, c.Why, err)
	}
	r.folder.validity++ // and read anew
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.actions(); got[complaint.Duplicate] != 1 || r.queued(t) != 1 {
		t.Errorf("read anew: %v", got)
	}
}

func TestOneHeaderIsOneEntryWhereverItLies(t *testing.T) {
	r := newRig(t, ham, spam(1), ham)
	for range 2 {
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		r.folder.validity++
	}
	rows, err := r.store.History(t.Context(), store.HistoryFilter{Action: complaint.Skipped})
	if err != nil || len(rows) != 1 || rows[0].Subject != "x" {
		t.Errorf("%+v, %v", rows, err)
	}
}

// gone is a folder from which messages vanish between their headers and their
// texts.
type gone struct {
	*folder
	uids map[uint32]bool
}

func (f gone) Fetch(ctx context.Context, uids []uint32, opts mailbox.FetchOptions) iter.Seq2[mailbox.Message, error] {
	var there []uint32
	for _, uid := range uids {
		if !f.uids[uid] {
			there = append(there, uid)
		}
	}
	return f.folder.Fetch(ctx, there, opts)
}

func TestWhatIsDeletedBetweenHeaderAndTextIsLeftOut(t *testing.T) {
	r := newRig(t, spam(1), spam(2), spam(3), spam(4), spam(5))
	r.sweep.Limit = 3
	f := gone{r.folder, map[uint32]bool{2: true, 3: true}}
	if err := r.sweep.Run(t.Context(), f, mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 7}); err != nil {
		t.Fatal(err)
	}
	var uids []uint32
	for _, c := range r.seen {
		uids = append(uids, c.Message.Place.UID)
	}
	if fmt.Sprint(uids) != "[1 4 5]" || r.queued(t) != 3 {
		t.Errorf("messages %v, %d queued", uids, r.queued(t))
	}
}

// refusing is a ledger that cannot record one of the messages.
type refusing struct {
	mortalLedger
	digest string
	tries  *int // transactions, but for those that took only a part, as PostgreSQL's may
}

var errRefused = errors.New("refused")

func (l refusing) RecordAll(ctx context.Context, all []pipeline.Outcome) ([][]complaint.Entry, error) {
	*l.tries++
	for _, o := range all {
		if o.Cases[0].Entry.Digest == l.digest {
			return nil, errRefused
		}
	}
	recorded, err := l.mortalLedger.RecordAll(ctx, all)
	if err == nil && len(recorded) < len(all) {
		*l.tries--
	}
	return recorded, err
}

func TestOnlyWhatCannotBeRecordedAndWhatComesAfterItIsKeptBack(t *testing.T) {
	for _, bad := range []int{1, 2, 3, 33, 48, 63, 64} {
		var messages []string
		for n := range 64 {
			messages = append(messages, spam(n+1))
		}
		r, tries := newRig(t, messages...), 0
		r.folder.chunk = len(messages)
		r.sweep.Stages.Ledger = refusing{mortalLedger{r.store, r.folder.mortal}, mailbox.Digest([]byte(messages[bad-1])), &tries}
		if err := r.run(t); !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
		if r.queued(t) != bad-1 || len(r.seen) != bad-1 {
			t.Errorf("number %d is refused: %d queued, %d shown", bad, r.queued(t), len(r.seen))
		}
		if tries > 14 { // twice for each time that 64 can be halved, and a few
			t.Errorf("number %d is refused: %d transactions", bad, tries)
		}
	}
}

// sparing is a ledger that takes few messages in a transaction.
type sparing struct{ mortalLedger }

func (l sparing) RecordAll(ctx context.Context, all []pipeline.Outcome) ([][]complaint.Entry, error) {
	return l.mortalLedger.RecordAll(ctx, all[:min(2, len(all))])
}

func TestEverythingIsRecordedHoweverFewTheLedgerTakesAtOnce(t *testing.T) {
	r := newRig(t, spam(1), spam(2), ham, spam(3), spam(1))
	r.sweep.Stages.Ledger = sparing{mortalLedger{r.store, r.folder.mortal}}
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	got := r.actions()
	if got[complaint.Sent] != 3 || got[complaint.Skipped] != 1 || got[complaint.Duplicate] != 1 || r.queued(t) != 3 {
		t.Errorf("%v, %d queued", got, r.queued(t))
	}
}

func TestADryRunByHeadersFetchesNoText(t *testing.T) {
	r := newRig(t, spam(1), ham, copyOf("pills", 1), copyOf("pills", 2), "no mail at all\r\n")
	r.sweep.DryRun, r.sweep.Headers = true, true
	r.sweep.Stages.Policy.MergeFor = time.Hour
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	got := r.actions()
	if got[complaint.WouldSend] != 3 || got[complaint.Skipped] != 2 || r.folder.fetched != 1 { // what is no mail has to be seen whole
		t.Errorf("%v, %d fetched whole", got, r.folder.fetched)
	}
	if why := r.seen[0].Why; why != "abuse@hosting.example takes complaints about 198.51.100.1." {
		t.Errorf("why: %s", why)
	}
}

// TestGlanceAndExamineAgree: what a header decides, the whole message would not
// have changed.
func TestGlanceAndExamineAgree(t *testing.T) {
	r := newRig(t)
	for _, raw := range []string{spam(1), ham, old(1), copyOf("pills", 1), "x: y\r\n\r\n", "\r\n" + ham, strings.Replace(ham, "\r\n\r\n", "\r\n \t\r\n more\r\n\r\n", 1)} {
		header, _, _ := strings.Cut(raw, "\r\n\r\n")
		glance, decided, err := r.sweep.Stages.Glance(t.Context(), mailbox.Message{Raw: []byte(header + "\r\n\r\n")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.sweep.Stages.Examine(t.Context(), mailbox.Message{Raw: []byte(raw), Digest: mailbox.Digest([]byte(raw))})
		if err != nil {
			t.Fatal(err)
		}
		if decided && (glance.Action != c.Action || glance.Why != c.Why) || !decided && glance.Action != "" && glance.Action != c.Action {
			t.Errorf("%q:\nby its header (decided %t) %s: %s\nwhole %s: %s", header, decided, glance.Action, glance.Why, c.Action, c.Why)
		}
	}
}
