package pipeline_test

import (
	"context"
	"fmt"
	"net/mail"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/lookup"
	"spamreport/relay"
	"spamreport/relay/bounce"
)

// carrier is a world in which somebody stands above the network.
type carrier struct {
	*world
	above string
}

func (c carrier) Upstream(context.Context, netip.Addr) (lookup.Result, error) {
	if c.above == "" {
		return lookup.Result{}, lookup.ErrNoContact
	}
	return lookup.Result{Contacts: []lookup.Contact{{Email: c.above, Role: "abuse", Confidence: lookup.High}}}, nil
}

const day = 24 * time.Hour

// history is a mailbox over days, on a clock of its own.
type history struct {
	*rig
	t     *testing.T
	start time.Time
	now   time.Time
	all   []pipeline.Case
}

// newHistory complains to abuse@hosting.example, below abuse@carrier.example.
func newHistory(t *testing.T, policy complaint.Policy) *history {
	t.Helper()
	h := &history{t: t, start: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	h.rig, _ = newWorld(t)
	h.now = h.start
	policy.MergeFor = 7 * day
	s := h.sweep.Stages
	s.Desks = carrier{s.Desks.(*world), "abuse@carrier.example"}
	s.Policy, s.Find, s.Now = policy, nil, func() time.Time { return h.now }
	return h
}

// comes is a further message on a day, read and delivered at once.
func (h *history) comes(on int, subject string) *history {
	h.t.Helper()
	h.now = h.start.Add(time.Duration(on) * day)
	return h.cameOn(h.now, subject)
}

func (h *history) cameOn(received time.Time, subject string) *history {
	h.t.Helper()
	n := len(h.folder.messages) + 1
	h.folder.messages[uint32(n)] = fmt.Sprintf("Received: from x.example.net (x.example.net [198.51.100.7]) by mx.example.org with ESMTP id %d; %s\r\n"+
		"From: a@example.net\r\nSubject: %s\r\nMessage-ID: <%d@example.net>\r\n\r\nbuy number %d\r\n", n, received.Format(time.RFC1123Z), subject, n, n)
	if err := h.run(h.t); err != nil {
		h.t.Fatal(err)
	}
	h.all = append(h.all, h.seen...)
	h.deliver()
	return h
}

// deliver has the smarthost take what is queued.
func (h *history) deliver() {
	h.t.Helper()
	jobs, err := h.store.Queue().Lease(h.t.Context(), h.now.Add(time.Minute), 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, job := range jobs {
		err := h.store.Queue().Settle(h.t.Context(), job.ID, h.now, []relay.Outcome{{Recipient: job.Recipients[0].Address, State: relay.Delivered}})
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// letters are those of a kind that were filed, with the day.
func (h *history) letters(kind complaint.Kind) []store.HistoryRow {
	h.t.Helper()
	rows, err := h.store.History(h.t.Context(), store.HistoryFilter{Action: complaint.Sent})
	if err != nil {
		h.t.Fatal(err)
	}
	var found []store.HistoryRow
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Kind == kind {
			found = append(found, rows[i])
		}
	}
	return found
}

// days are the days on which letters of a kind were filed.
func (h *history) days(kind complaint.Kind) string {
	var days []string
	for _, row := range h.letters(kind) {
		days = append(days, fmt.Sprint(int(row.Filed.Sub(h.start)/day)))
	}
	return strings.Join(days, " ")
}

func TestAnEscalationGoesToWhoeverStandsAbove(t *testing.T) {
	h := newHistory(t, complaint.Policy{EscalateAfter: 14 * day})
	for _, on := range []int{0, 3, 8, 13, 15, 16, 20, 28, 30} {
		h.comes(on, "pills")
	}
	if got := h.days(complaint.KindEscalation); got != "15 30" {
		t.Fatalf("escalated on day %q, want 15 and 30: at most once in 14 days", got)
	}
	first := h.letters(complaint.KindEscalation)[0]
	e, err := h.store.Entry(t.Context(), first.Digest)
	if err != nil || e.Contact != "abuse@carrier.example" || !strings.Contains(e.Why, "goes on after 2 complaints to its own desk, the first on 2026-01-01") {
		t.Fatalf("%s: %s, %v", e.Contact, e.Why, err)
	}
	for _, row := range h.letters(complaint.KindSource)[:2] {
		line := row.Filed.UTC().Format("2006-01-02 15:04 UTC") + "  " + row.Complaint.Incident + "  to abuse@hosting.example"
		if !strings.Contains(e.Complaint.Text, line) {
			t.Errorf("the letter does not list %q:\n%s", line, e.Complaint.Text)
		}
	}
	// Whoever counts messages counts each of them once.
	sum, err := h.store.Summary(t.Context())
	if err != nil || sum.Messages[complaint.Sent]+sum.Messages[complaint.Merged] != 9 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestWhenNothingIsEscalated(t *testing.T) {
	for name, change := range map[string]func(*history){
		"by default":                                func(h *history) { h.sweep.Stages.Policy.EscalateAfter = 0 },
		"when the user says that it is resolved":    func(h *history) { h.conclude(followup.Resolved) },
		"when nobody else stands above":             func(h *history) { h.sweep.Stages.Desks = carrier{h.sweep.Stages.Desks.(carrier).world, ""} },
		"when that one must not be mailed":          func(h *history) { h.never("abuse@carrier.example") },
		"when it got enough today":                  func(h *history) { h.sweep.Stages.Policy.PerContactPerDay = 1; h.fillUp("abuse@carrier.example") },
		"when the spam is older than it looks like": func(h *history) { h.now = h.start.Add(15 * day); h.cameOn(h.start.Add(day), "old news") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHistory(t, complaint.Policy{EscalateAfter: 14 * day}).comes(0, "pills")
			change(h)
			if name != "when the spam is older than it looks like" {
				h.comes(15, "watches")
			}
			if got := h.days(complaint.KindEscalation); got != "" {
				t.Errorf("escalated on day %s", got)
			}
		})
	}
}

func TestSpamThatBeginsAnewIsNotEscalated(t *testing.T) {
	h := newHistory(t, complaint.Policy{EscalateAfter: 14 * day}).comes(0, "pills").comes(100, "watches")
	if got := h.days(complaint.KindEscalation); got != "" {
		t.Errorf("escalated on day %s", got)
	}
}

func (h *history) conclude(outcome followup.State) {
	if err := h.store.Conclude(h.t.Context(), h.all[0].Complaint.Incident, outcome); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) never(address string) {
	h.sweep.Stages.Policy.Never = func(email string) (string, bool, error) { return "you said so", email == address, nil }
}

// fillUp files something to a contact on day 15.
func (h *history) fillUp(contact string) {
	world := h.sweep.Stages.Desks.(carrier).world
	world.desks["198.51.100.7"] = contact
	h.comes(15, "something else")
	world.desks["198.51.100.7"] = "abuse@hosting.example"
}

func TestADeskIsRemindedOnceOfWhatItDidNotAnswer(t *testing.T) {
	h := newHistory(t, complaint.Policy{RemindAfter: 5 * day})
	for _, on := range []int{0, 1, 4, 5, 6} {
		h.comes(on, "pills")
	}
	if got := h.days(complaint.KindReminder); got != "5" {
		t.Fatalf("reminded on day %q, want 5", got)
	}
	e, err := h.store.Entry(t.Context(), h.letters(complaint.KindReminder)[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	first := h.all[0].Complaint
	m, err := mail.ReadMessage(strings.NewReader(string(e.Complaint.Raw)))
	if err != nil || m.Header.Get("In-Reply-To") != first.MessageID || m.Header.Get("References") != first.MessageID ||
		m.Header.Get("To") != "abuse@hosting.example" {
		t.Errorf("%v, %v", m.Header, err)
	}
	if e.Complaint.MessageID == first.MessageID || !strings.Contains(e.Complaint.Text, first.Incident+"  to abuse@hosting.example, 3 messages by now") {
		t.Errorf("%s:\n%s", e.Complaint.MessageID, e.Complaint.Text)
	}
	if !strings.Contains(e.Why, "did not answer "+first.Incident) || !strings.Contains(e.Why, "3 messages of the same campaign came since") {
		t.Error(e.Why)
	}
}

func TestWhenNobodyIsReminded(t *testing.T) {
	for name, change := range map[string]func(*history){
		"by default":                    func(h *history) { h.sweep.Stages.Policy.RemindAfter = 0 },
		"when the desk answered":        func(h *history) { h.answered(bounce.Ticket) },
		"when the user closed it":       func(h *history) { h.conclude(followup.Ignored) },
		"when it must not be mailed":    func(h *history) { h.never("abuse@hosting.example") },
		"when the campaign is over":     func(h *history) { h.folder.messages[2] = ham },
		"when it is too early":          func(h *history) { h.sweep.Stages.Policy.RemindAfter = 7 * day },
		"when the desk had enough":      func(h *history) { h.sweep.Stages.Policy.PerContactPerDay = 1; h.comes(6, "watches") },
		"when it never reached a desk":  func(h *history) { h.answered(bounce.Bounced) },
		"when the source is turned off": func(h *history) { h.sweep.Stages.NoSource = true },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHistory(t, complaint.Policy{RemindAfter: 5 * day}).comes(0, "pills")
			change(h)
			if name != "when the campaign is over" {
				h.comes(6, "pills")
			}
			if got := h.days(complaint.KindReminder); got != "" {
				t.Errorf("reminded on day %s", got)
			}
		})
	}
}

// answered has something come back about the first complaint.
func (h *history) answered(kind bounce.Kind) {
	r := followup.Reply{Digest: "reply", Complaint: h.all[0].Incident.Digest, Kind: kind, Received: h.now}
	if kind == bounce.Bounced {
		r.Class, r.Gone = bounce.Hard, "abuse@hosting.example"
	}
	if _, err := h.store.RecordReply(h.t.Context(), r); err != nil {
		h.t.Fatal(err)
	}
}

func TestAReminderWaitsForApprovalLikeAnyOther(t *testing.T) {
	h := newHistory(t, complaint.Policy{RemindAfter: 5 * day}).comes(0, "pills")
	h.sweep.Auto = false
	h.comes(5, "pills").comes(6, "pills")
	held, err := h.store.Held(t.Context())
	if err != nil || len(held) != 1 || held[0].Kind != complaint.KindReminder {
		t.Errorf("%d held, %v", len(held), err)
	}
}
