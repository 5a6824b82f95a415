package followup_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/lookup"
	"spamreport/relay"
	"spamreport/templates"
)

var errCut = errors.New("the connection is cut")

// inbox is a folder in memory; message n has the UID n+1.
type inbox struct {
	messages []mailbox.Message
	bodies   int // how many were fetched whole
	cutAt    int // the connection ends before the message with this UID
}

func (f *inbox) add(received time.Time, text string) {
	uid := uint32(len(f.messages) + 1)
	f.messages = append(f.messages, mailbox.Message{
		Name: fmt.Sprintf("INBOX/%d", uid), Digest: fmt.Sprintf("reply %d", uid), Received: received,
		Raw: []byte(strings.ReplaceAll(text, "\n", "\r\n")), Place: mailbox.Place{UID: uid},
	})
}

func (f *inbox) UIDs(_ context.Context, after uint32) (uids []uint32, err error) {
	for _, m := range f.messages {
		if m.Place.UID > after {
			uids = append(uids, m.Place.UID)
		}
	}
	return uids, nil
}

func (f *inbox) Fetch(_ context.Context, uids []uint32, opts mailbox.FetchOptions) iter.Seq2[mailbox.Message, error] {
	return func(yield func(mailbox.Message, error) bool) {
		for _, uid := range uids {
			if !opts.HeaderOnly {
				if int(uid) == f.cutAt {
					yield(mailbox.Message{}, errCut)
					return
				}
				f.bodies++
			}
			if !yield(f.messages[uid-1], nil) {
				return
			}
		}
	}
}

// office is a ledger with complaints in it, the folder of answers, and desks.
type office struct {
	*store.Store
	folder    inbox
	complaint complaint.Complaint
	seen      []followup.Reply
	now       time.Time
	desks     desks

	kind  complaint.Kind // of the complaint that is filed
	about string
}

type desks struct {
	contacts []string
	err      error
	asked    []string
}

func (d *desks) IP(ctx context.Context, addr netip.Addr) (lookup.Result, error) {
	return d.Lookup(ctx, addr.String())
}

func (d *desks) Lookup(_ context.Context, query string) (lookup.Result, error) {
	d.asked = append(d.asked, query)
	r := lookup.Result{Query: query}
	for _, c := range d.contacts {
		r.Contacts = append(r.Contacts, lookup.Contact{Email: c, Confidence: lookup.High})
	}
	return r, d.err
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{now: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), desks: desks{contacts: []string{"noc@isp.example"}}}
	o.Store = storetest.New(t, store.Options{Now: func() time.Time { return o.now }})
	return o
}

// file files a complaint about a message.
func (o *office) file(t *testing.T) {
	t.Helper()
	letters, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	inc := complaint.Incident{Digest: "spam", Message: complaint.Message{Raw: []byte("Subject: buy\r\n\r\nbuy\r\n")}}
	inc.Verdict = walked()
	composer := complaint.Composer{Identity: complaint.Identity{Email: "reports@example.org"}, Templates: letters}
	if o.complaint, err = composer.Compose(inc, []lookup.Contact{{Email: "abuse@isp.example"}}); err != nil {
		t.Fatal(err)
	}
	e := complaint.Entry{
		Digest: "spam", Contact: "abuse@isp.example", Source: netip.MustParseAddr("198.51.100.7"),
		Action: complaint.Sent, Complaint: &o.complaint, Seen: o.now, Kind: o.kind, About: o.about,
		Prefix: netip.MustParsePrefix("203.0.113.0/24"),
	}
	sub := relay.Submission{
		ID: relay.NewID(), Envelope: relay.Envelope{From: o.complaint.From, To: o.complaint.To}, Message: o.complaint.Raw, Queued: o.now,
	}
	if _, err := o.Record(t.Context(), []pipeline.Filing{{Entry: e, Submission: &sub}}, mailbox.Place{}); err != nil {
		t.Fatal(err)
	}
}

func (o *office) read(t *testing.T, validity uint32, dryRun bool) error {
	t.Helper()
	in := followup.Inbox{Book: o.Store, DryRun: dryRun, Observe: func(r followup.Reply) { o.seen = append(o.seen, r) }}
	return in.Run(t.Context(), &o.folder, mailbox.Place{Account: "home", Folder: "INBOX", UIDValidity: validity})
}

func (o *office) answer(subject string) string {
	return "From: Joe <joe@isp.example>\nSubject: " + subject + "\nIn-Reply-To: " + o.complaint.MessageID + "\n\nClosed.\n"
}

const lunch = "From: joe@friends.example\nSubject: Re: Lunch\nIn-Reply-To: <l@friends.example>\n\nAt noon?\n"

func TestAnswersAreReadOnce(t *testing.T) {
	o := newOffice(t)
	o.folder.add(o.now.AddDate(-5, 0, 0), lunch)
	check := func(step string, err error, seen, kept, bodies int) {
		t.Helper()
		all, listErr := o.Replies(t.Context(), "")
		if err != nil || listErr != nil || len(o.seen) != seen || len(all) != kept || o.folder.bodies != bodies {
			t.Errorf("%s: %d seen, %d kept, %d bodies fetched; want %d, %d, %d; %v, %v", step, len(o.seen), len(all), o.folder.bodies, seen, kept, bodies, err, listErr)
		}
	}
	check("nothing was filed yet", o.read(t, 1, false), 0, 0, 0)
	o.file(t)
	o.folder.add(o.now.Add(time.Hour), o.answer("Re: your report"))
	o.folder.add(o.now.Add(time.Hour), lunch)
	o.folder.add(o.now.Add(2*time.Hour), string(o.complaint.Raw)) // a copy of the complaint itself
	check("a dry run", o.read(t, 1, true), 1, 0, 3)
	check("the first time, what is older than all complaints is not fetched", o.read(t, 1, false), 2, 1, 6)
	check("again", o.read(t, 1, false), 2, 1, 6)
	o.folder.add(o.now.Add(3*time.Hour), o.answer("Re: your report, part two"))
	check("one more", o.read(t, 1, false), 3, 2, 7)
	check("the folder was made anew", o.read(t, 2, false), 3, 2, 11)
	if id := o.seen[0].Complaint; id != "spam" {
		t.Errorf("it is about %q", id)
	}
}

func TestReadingGoesOnWhereItBroke(t *testing.T) {
	o := newOffice(t)
	o.file(t)
	for i := range 450 {
		o.folder.add(o.now, o.answer(fmt.Sprint("Re: ", i)))
	}
	o.folder.cutAt = 301
	if err := o.read(t, 1, false); !errors.Is(err, errCut) {
		t.Fatalf("%v", err)
	}
	o.folder.cutAt = 0
	if err := o.read(t, 1, false); err != nil {
		t.Fatal(err)
	}
	if len(o.seen) != 450 || o.folder.bodies != 300+250 {
		t.Errorf("%d answers, %d bodies fetched", len(o.seen), o.folder.bodies)
	}
}

// The cursor of answers is not that of a sweep of the same folder.
func TestAFolderOfAnswersMayBeSweptToo(t *testing.T) {
	o := newOffice(t)
	o.file(t)
	o.folder.add(o.now, o.answer("Re: x"))
	if err := o.SetCursor(t.Context(), "home", "INBOX", 1, 99); err != nil {
		t.Fatal(err)
	}
	if err := o.read(t, 1, false); err != nil || len(o.seen) != 1 {
		t.Errorf("%d seen, %v", len(o.seen), err)
	}
	if _, uid, err := o.Cursor(t.Context(), "home", "INBOX"); err != nil || uid != 99 {
		t.Errorf("the sweep's cursor is %d, %v", uid, err)
	}
}
