package followup_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/followup"
	"spamreport/internal/store"
	"spamreport/lookup"
	"spamreport/relay"
)

func walked() headers.Verdict {
	return headers.Verdict{Source: &headers.Source{IP: netip.MustParseAddr("198.51.100.7")}, Hops: []headers.Hop{{}}}
}

// bounced is an office whose complaint came back.
func bounced(t *testing.T) *office {
	t.Helper()
	return bouncedAbout(t, complaint.KindSource, "")
}

func bouncedAbout(t *testing.T, kind complaint.Kind, about string) *office {
	t.Helper()
	o := newOffice(t)
	o.kind, o.about = kind, about
	o.file(t)
	o.folder.add(o.now, bounceOf(o.complaint.MessageID, "abuse@isp.example", "550 5.1.1 no such user"))
	if err := o.read(t, 1, false); err != nil || len(o.seen) != 1 {
		t.Fatalf("%d answers, %v", len(o.seen), err)
	}
	return o
}

func (o *office) succeed(ctx context.Context, auto bool, policy complaint.Policy) error {
	s := followup.Successor{Ledger: o.Store, Desks: &o.desks, Policy: policy, Auto: auto}
	return s.Run(ctx)
}

func TestTheNextContactGetsWhatBounced(t *testing.T) {
	for name, tc := range map[string]struct {
		auto    bool
		change  func(*office)
		policy  complaint.Policy
		action  complaint.Action
		contact string
		why     string
		queued  int
		waits   bool
	}{
		"at once": {auto: true, action: complaint.Sent, contact: "noc@isp.example", why: "since abuse@isp.example does not exist", queued: 2},
		"when it is approved": {
			action: complaint.Held, contact: "noc@isp.example", why: "waits for approval anew", queued: 1,
		},
		"not when there is none": {
			auto: true, change: func(o *office) { o.desks = desks{err: lookup.ErrNoContact} },
			action: complaint.Sent, contact: "abuse@isp.example", why: "nobody else to write to", queued: 1,
		},
		"not when that one must not be mailed": {
			auto: true, policy: complaint.Policy{Never: func(string) (string, bool, error) { return "you said so", true, nil }},
			action: complaint.Sent, contact: "abuse@isp.example", why: "you said so", queued: 1,
		},
		"later when the registry is silent": {
			auto: true, change: func(o *office) { o.desks.err = errors.New("no answer") },
			action: complaint.Sent, contact: "abuse@isp.example", queued: 1, waits: true,
		},
		"not when the user closed it": {
			auto: true, change: func(o *office) { _ = o.Conclude(context.Background(), o.complaint.Incident, followup.Ignored) },
			action: complaint.Sent, contact: "abuse@isp.example", queued: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := bounced(t)
			if tc.change != nil {
				tc.change(o)
			}
			for range 2 { // the second time changes nothing
				if err := o.succeed(t.Context(), tc.auto, tc.policy); err != nil {
					t.Fatal(err)
				}
			}
			e, err := o.Entry(t.Context(), "spam")
			if err != nil || e.Action != tc.action || e.Contact != tc.contact || !strings.Contains(e.Why, tc.why) {
				t.Errorf("%s to %s: %s, %v", e.Action, e.Contact, e.Why, err)
			}
			items, err := o.Queue().List(t.Context(), relay.Filter{})
			if err != nil || len(items) != tc.queued {
				t.Errorf("%d queued, %v", len(items), err)
			}
			if list, err := o.Waiting(t.Context()); err != nil || (len(list) > 0) != tc.waits {
				t.Errorf("waiting: %v, %v", list, err)
			}
		})
	}
}

func TestAnAnswerOfTheNextContactFindsTheComplaint(t *testing.T) {
	o := bounced(t)
	if err := o.succeed(t.Context(), true, complaint.Policy{}); err != nil {
		t.Fatal(err)
	}
	e, err := o.Entry(t.Context(), "spam")
	if err != nil {
		t.Fatal(err)
	}
	o.complaint = *e.Complaint
	o.folder.add(o.now, o.answer("Re: x"))
	o.folder.add(o.now, bounceOf(e.Complaint.MessageID, "noc@isp.example", "550 5.1.1 no such user"))
	if err := o.read(t, 1, false); err != nil || len(o.seen) != 3 {
		t.Fatalf("%d answers, %v", len(o.seen), err)
	}
	// That one is gone, too, and that is the end of it.
	if list, err := o.Waiting(t.Context()); err != nil || len(list) != 0 || o.seen[2].Gone != "noc@isp.example" {
		t.Errorf("waiting: %v, %v; %+v", list, err, o.seen[2])
	}
}

func TestTheNextContactIsThatOfTheTarget(t *testing.T) {
	for _, tc := range []struct {
		kind       complaint.Kind
		about, ask string // empty: nobody else is in charge
	}{
		{complaint.KindSource, "", "198.51.100.7"},
		{complaint.KindReminder, "SR-0000-0000", "198.51.100.7"},
		{complaint.KindOrigin, "203.0.113.7", "203.0.113.0/24"},
		{complaint.KindLink, "www.pills.example", "203.0.113.0/24"},
		{complaint.KindRegistrar, "pills.example", "pills.example"},
		{complaint.KindDropBox, "joe@mail.example", ""},
		{complaint.KindFeedback, "fbl@esp.example", ""},
		{complaint.KindExtra, "collector", ""},
		{complaint.KindEscalation, "203.0.113.0/24", ""},
	} {
		t.Run(tc.kind.String(), func(t *testing.T) {
			o := bouncedAbout(t, tc.kind, tc.about)
			if err := o.succeed(t.Context(), true, complaint.Policy{}); err != nil {
				t.Fatal(err)
			}
			e, err := o.Entry(t.Context(), "spam")
			if err != nil {
				t.Fatal(err)
			}
			if asked := strings.Join(o.desks.asked, " "); asked != tc.ask || (e.Contact == "noc@isp.example") != (tc.ask != "") {
				t.Errorf("asked %q, want %q; goes to %s: %s", asked, tc.ask, e.Contact, e.Why)
			}
		})
	}
}

// overtaken is a ledger in which another process goes through the complaints
// that wait right after this one listed them.
type overtaken struct {
	*store.Store
	other func() error
}

func (l overtaken) Waiting(ctx context.Context) ([]complaint.Entry, error) {
	waiting, err := l.Store.Waiting(ctx)
	return waiting, errors.Join(err, l.other())
}

// TestTwoProcessesWriteAnewOnce: the slower one has nothing to complain about.
func TestTwoProcessesWriteAnewOnce(t *testing.T) {
	for name, found := range map[string]error{"to another contact": nil, "or give up": lookup.ErrNoContact} {
		t.Run(name, func(t *testing.T) {
			o := bounced(t)
			if found != nil {
				o.desks = desks{err: found}
			}
			var shown []complaint.Entry
			slower := followup.Successor{
				Ledger:  overtaken{o.Store, func() error { return o.succeed(t.Context(), true, complaint.Policy{}) }},
				Desks:   &o.desks,
				Auto:    true,
				Observe: func(e complaint.Entry) { shown = append(shown, e) },
			}
			if err := slower.Run(t.Context()); err != nil || len(shown) > 0 {
				t.Errorf("%v; it says that it wrote %d letters", err, len(shown))
			}
		})
	}
}
