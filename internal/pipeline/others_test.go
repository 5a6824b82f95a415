package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/lookup"
)

// world is a registry that knows desks by address and by domain.
type world struct {
	desks map[string]string // by address or domain
	down  map[string]bool
	asked []string
	mu    sync.Mutex
}

func (w *world) IP(ctx context.Context, addr netip.Addr) (lookup.Result, error) {
	return w.Lookup(ctx, addr.String())
}

func (w *world) Lookup(_ context.Context, query string) (lookup.Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, query)
	desk := w.desks[query]
	switch {
	case w.down[query]:
		return lookup.Result{Query: query}, fmt.Errorf("lookup %s: %w", query, lookup.ErrUnreachable)
	case desk == "":
		return lookup.Result{Query: query}, fmt.Errorf("lookup %s: %w", query, lookup.ErrNoContact)
	}
	return lookup.Result{
		Query: query, Network: lookup.Network{Name: query},
		Contacts: []lookup.Contact{{Email: desk, Role: "abuse", Via: lookup.ViaRDAP, Confidence: lookup.High}},
	}, nil
}

// sells is spam number n that leads to a domain, and lets itself be answered at
// a free-mail account.
func sells(n int, domain string) string {
	return strings.Replace(spam(n), "\r\n\r\nbuy\r\n",
		fmt.Sprintf("\r\n\r\nbuy %s at https://%s/now\r\n", strings.Repeat("very ", n), domain), 1)
}

// newWorld is a rig in which links are complained about: to the registrar of
// the domain and the host of the page, and to a collector.
func newWorld(t *testing.T, messages ...string) (*rig, *world) {
	t.Helper()
	r := newRig(t, messages...)
	w := &world{desks: map[string]string{
		"pills.example.com": "abuse@registrar.example", "example.com": "abuse@registrar.example",
		"example.net": "abuse@registrar.example", "203.0.113.80": "abuse@cloud.example",
	}, down: map[string]bool{}}
	for n := range 10 {
		w.desks[fmt.Sprintf("198.51.100.%d", n)] = "abuse@hosting.example"
	}
	s := r.sweep.Stages
	s.Desks = w
	s.Policy = complaint.Policy{MergeFor: 7 * 24 * time.Hour}
	s.Find = func(ctx context.Context, inc complaint.Incident) target.Found {
		return target.Find(ctx, inc, target.Options{
			Links: true, Registrars: true, Extra: []target.Recipient{{Name: "collector", Address: "spam@collector.example"}},
		})
	}
	s.Resolve = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("203.0.113.80")}, nil
	}
	return r, w
}

// contacts are the complaints in the queue, by recipient.
func (r *rig) contacts(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	rows, err := r.store.History(t.Context(), store.HistoryFilter{Action: complaint.Sent})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		counts[row.Contact]++
	}
	return counts
}

func TestAMessageIsReportedToEachDeskThatItConcerns(t *testing.T) {
	r, _ := newWorld(t, sells(1, "pills.com"))
	r.sweep.Stages.Desks.(*world).desks["pills.com"] = "abuse@registrar.example"
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"abuse@hosting.example": 1, "abuse@cloud.example": 1, "abuse@registrar.example": 1, "spam@collector.example": 1,
	}
	if got := r.contacts(t); fmt.Sprint(got) != fmt.Sprint(want) || r.queued(t) != 4 {
		t.Fatalf("%v, want %v", got, want)
	}
	// Each has a name of its own, and so have the answers to it.
	ids := map[string]bool{}
	for _, c := range r.seen[0].All() {
		ids[c.Complaint.Incident], ids[c.Complaint.MessageID] = true, true
		match, err := r.store.ComplaintOf(t.Context(), []string{c.Complaint.MessageID}, nil)
		if err != nil || match.Digest != c.Incident.Case() {
			t.Errorf("an answer about %s leads to %q, %v", c.Incident.About.Name, match.Digest, err)
		}
	}
	if len(ids) != 8 {
		t.Errorf("%d names of 4 complaints", len(ids))
	}
	// The message is one all the same.
	sum, err := r.store.Summary(t.Context())
	if err != nil || sum.Messages[complaint.Sent] != 1 || sum.Further[complaint.Sent] != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
	for range 2 {
		r.folder.validity++ // all is read again
		if err := r.run(t); err != nil || r.queued(t) != 4 {
			t.Errorf("%d queued, %v", r.queued(t), err)
		}
	}
}

func TestADeskGetsOneComplaintAboutAMessage(t *testing.T) {
	r, w := newWorld(t, sells(1, "pills.com"))
	w.desks["203.0.113.80"], w.desks["pills.com"] = "Abuse@Hosting.example", "abuse@registrar.example"
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	host := r.seen[0].Others[0]
	if host.Action != complaint.Merged || !strings.Contains(host.Why, "gets the complaint about the source of the same message") {
		t.Errorf("%s: %s", host.Action, host.Why)
	}
	if r.queued(t) != 3 {
		t.Errorf("%d queued", r.queued(t))
	}
	// It is no further copy of anything.
	rows, err := r.store.History(t.Context(), store.HistoryFilter{Messages: true})
	if err != nil || len(rows) != 1 || rows[0].Copies != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestADomainIsReportedOnceWhateverLeadsToIt(t *testing.T) {
	r, w := newWorld(t, sells(1, "pills.com"), sells(5, "pills.com"))
	w.desks["pills.com"] = "abuse@registrar.example"
	r.folder.messages[2] = strings.Replace(r.folder.messages[2], "buy", "Another offer altogether, about watches", 1)
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	got := r.contacts(t)
	if got["abuse@hosting.example"] != 2 || got["abuse@registrar.example"] != 1 || got["abuse@cloud.example"] != 1 {
		t.Errorf("%v", got)
	}
	second := r.seen[1].Others[1]
	if second.Action != complaint.Merged || !strings.HasPrefix(second.Why, "pills.com was reported to abuse@registrar.example before: SR-") {
		t.Errorf("%s: %s", second.Action, second.Why)
	}
}

func TestATargetThatCannotBeDecidedWaitsForItself(t *testing.T) {
	r, w := newWorld(t, sells(1, "pills.com"))
	w.desks["pills.com"], w.down["pills.com"] = "abuse@registrar.example", true
	now := time.Now()
	r.sweep.Stages.Now = func() time.Time { return now }
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if r.queued(t) != 3 || len(r.folder.marked) != 0 {
		t.Fatalf("%d queued, marked %v while something waits", r.queued(t), r.folder.marked)
	}
	// The pause doubles each time.
	fetched := r.folder.fetched
	for _, wait := range []time.Duration{4, 2, 8, 3} { // minutes: too early, then 5; too early, then 10
		now = now.Add(wait * time.Minute)
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.folder.fetched - fetched; got != 2 {
		t.Errorf("fetched %d times, want 2", got)
	}
	w.down["pills.com"] = false
	now = now.Add(time.Hour)
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if r.contacts(t)["abuse@registrar.example"] != 1 || r.queued(t) != 4 || r.folder.marked[1] != 1 {
		t.Errorf("%v, marked %v", r.contacts(t), r.folder.marked)
	}
}

func TestATargetThatIsNeverDecidedIsGivenUp(t *testing.T) {
	tests := []struct {
		name   string
		change func(*rig)
		why    string
	}{
		{"its registry stays down", func(*rig) {}, "given up after 3 days: lookup pills.com: "},
		{
			"it was switched off meanwhile",
			func(r *rig) {
				r.sweep.Stages.Find = func(context.Context, complaint.Incident) target.Found { return target.Found{} }
			},
			"given up after 3 days: it is no target any more",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, w := newWorld(t, sells(1, "pills.com"))
			w.down["pills.com"] = true
			now := time.Now()
			r.sweep.Stages.Now = func() time.Time { return now }
			for i, days := range []int{0, 2, 2} {
				if i == 1 {
					test.change(r)
				}
				now = now.Add(time.Duration(days) * 24 * time.Hour)
				if err := r.run(t); err != nil {
					t.Fatal(err)
				}
				if marked := len(r.folder.marked) == 1; marked != (i == 2) {
					t.Errorf("marked: %v at visit %d", marked, i)
				}
			}
			rows, err := r.store.History(t.Context(), store.HistoryFilter{Action: complaint.Skipped})
			if err != nil || len(rows) != 1 || rows[0].Kind != complaint.KindRegistrar || !strings.HasPrefix(rows[0].Why, test.why) {
				t.Errorf("%+v, %v", rows, err)
			}
			if r.queued(t) != 3 {
				t.Errorf("%d queued", r.queued(t))
			}
		})
	}
}

// TestTwoProgramsKeepTheLimitOfAContact has two programs examine all messages
// before either files any.
func TestTwoProgramsKeepTheLimitOfAContact(t *testing.T) {
	const copies, limit = 6, 3
	var messages []string
	for n := range copies {
		messages = append(messages, spam(n))
	}
	r := newRig(t, messages...)
	r.sweep.Stages.Policy = complaint.Policy{PerContactPerDay: limit}
	var settled sync.WaitGroup
	outcomes := make(chan pipeline.Case, copies)
	programs := r.programs(t, 2)
	examined := make([][]pipeline.Case, len(programs))
	for half, stages := range programs {
		for m, err := range r.folder.After(t.Context(), 0, mailbox.FetchOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			c, err := stages.Examine(t.Context(), m)
			if err != nil || c.Action != complaint.WouldSend {
				t.Fatalf("%s: %s, %v", c.Action, c.Why, err)
			}
			examined[half] = append(examined[half], c)
		}
	}
	for half, stages := range programs {
		settled.Go(func() {
			for i, c := range examined[half] {
				if i%2 != half {
					continue
				}
				c, err := stages.Settle(t.Context(), c, true)
				if err != nil {
					t.Error(err)
				}
				outcomes <- c
			}
		})
	}
	settled.Wait()
	close(outcomes)
	got := map[complaint.Action]int{}
	for c := range outcomes {
		got[c.Action]++
		if c.Action == complaint.Deferred && (c.Complaint != nil || c.Why != "abuse@hosting.example got 3 complaints in the last day already, and the limit is 3.") {
			t.Errorf("%q, complaint %v", c.Why, c.Complaint)
		}
	}
	if got[complaint.Sent] != limit || got[complaint.Deferred] != copies-limit || r.queued(t) != limit {
		t.Errorf("%v, %d queued", got, r.queued(t))
	}
}

func TestATargetIsHeldAndApprovedForItself(t *testing.T) {
	r, w := newWorld(t, sells(1, "pills.com"))
	w.desks["pills.com"] = "abuse@registrar.example"
	r.sweep.Auto = false
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	held, err := r.store.Held(t.Context())
	if err != nil || len(held) != 4 {
		t.Fatalf("%d held, %v", len(held), err)
	}
	i := slices.IndexFunc(held, func(e complaint.Entry) bool { return e.Kind == complaint.KindRegistrar && e.About == "pills.com" })
	r.approve(t, held[i])
	if r.queued(t) != 1 || r.contacts(t)["abuse@registrar.example"] != 1 {
		t.Errorf("%v", r.contacts(t))
	}
}

func TestWithoutTheDNSNoHostIsAskedFor(t *testing.T) {
	r, w := newWorld(t, sells(1, "pills.com"))
	w.desks["pills.com"] = "abuse@registrar.example"
	r.sweep.Stages.Resolve = nil
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.contacts(t); got["abuse@cloud.example"] != 0 || len(got) != 3 {
		t.Errorf("%v", got)
	}
	left := r.seen[0].Left
	if !slices.ContainsFunc(left, func(s target.Skipped) bool { return strings.Contains(s.Why, "--dns") }) {
		t.Errorf("what was left out: %v", left)
	}
}

func TestASourceThatIsSwitchedOffIsNotWrittenTo(t *testing.T) {
	r, w := newWorld(t, sells(1, "pills.com"))
	w.desks["pills.com"] = "abuse@registrar.example"
	r.sweep.Stages.NoSource = true
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if got := r.contacts(t); got["abuse@hosting.example"] != 0 || got["abuse@registrar.example"] != 1 || r.seen[0].Action != complaint.Skipped {
		t.Errorf("%v, %s", got, r.seen[0].Action)
	}
}

func TestAGlanceAsksNobodyAboutASourceThatIsSwitchedOff(t *testing.T) {
	r, w := newWorld(t)
	s := r.sweep.Stages
	s.NoSource = true
	header := sells(1, "pills.com")[:strings.Index(sells(1, "pills.com"), "\r\n\r\n")+4]
	for _, onlySource := range []bool{false, true} {
		s.OnlySource = onlySource
		c, decided, err := s.Glance(t.Context(), mailbox.Message{Raw: []byte(header)}, nil)
		if err != nil || c.Action != complaint.Skipped || decided != onlySource || len(w.asked) != 0 {
			t.Errorf("only the source: %t; %s, decided %t, asked about %v, %v", onlySource, c.Action, decided, w.asked, err)
		}
	}
}

// TestSeveralTargetsKilledAtAnyStep kills a sweep at each of its steps: all
// complaints about a message are on disk, or none.
func TestSeveralTargetsKilledAtAnyStep(t *testing.T) {
	world := func(t *testing.T) *rig {
		r, w := newWorld(t, sells(1, "pills.com"), ham, sells(5, "watches.com"))
		w.desks["pills.com"], w.desks["watches.com"] = "abuse@registrar.example", "abuse@registrar.example"
		return r
	}
	whole := world(t)
	if err := whole.run(t); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint(whole.contacts(t))
	for dieAt := 1; dieAt <= whole.folder.steps; dieAt++ {
		t.Run(fmt.Sprint(dieAt), func(t *testing.T) {
			r := world(t)
			r.folder.dieAt = dieAt
			if err := r.run(t); !errors.Is(err, errKilled) {
				t.Fatalf("the sweep went on: %v", err)
			}
			rows, err := r.store.History(t.Context(), store.HistoryFilter{})
			if err != nil {
				t.Fatal(err)
			}
			cases := map[string]int{}
			for _, row := range rows {
				cases[row.Spam]++
			}
			for spam, n := range cases {
				if n != 4 && n != 1 {
					t.Errorf("%d of 4 cases of %s are on disk", n, spam)
				}
			}
			r.folder.dieAt = 0
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(r.contacts(t)); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if r.folder.marked[1] == 0 || r.folder.marked[3] == 0 || r.folder.marked[2] != 0 {
				t.Errorf("marked %v", r.folder.marked)
			}
		})
	}
}

// programs are several that work on one state.
func (r *rig) programs(t *testing.T, n int) []*pipeline.Stages {
	t.Helper()
	path := storetest.Name(t)
	var programs []*pipeline.Stages
	for range n {
		s, err := store.Open(t.Context(), path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stages := *r.sweep.Stages
		stages.Ledger, r.store = s, s
		programs = append(programs, &stages)
	}
	return programs
}

// TestTwoProgramsFileEachTargetOnce has two programs examine all messages
// before either files any.
func TestTwoProgramsFileEachTargetOnce(t *testing.T) {
	const copies = 6
	var messages []string
	for n := range copies {
		messages = append(messages, strings.Replace(sells(3, "pills.com"), "id 3;", fmt.Sprintf("id %d;", n), 1))
	}
	r, w := newWorld(t, messages...)
	w.desks["pills.com"] = "abuse@registrar.example"
	programs := r.programs(t, 2)
	var wait sync.WaitGroup
	var examined sync.WaitGroup
	examined.Add(len(programs))
	for _, stages := range programs {
		var cases []pipeline.Case
		for m, err := range r.folder.After(t.Context(), 0, mailbox.FetchOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			c, err := stages.Examine(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			cases = append(cases, c)
		}
		wait.Go(func() {
			examined.Done()
			examined.Wait()
			for _, c := range cases {
				if _, err := stages.Settle(t.Context(), c, true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if got := r.contacts(t); len(got) != 4 || r.queued(t) != 4 {
		t.Errorf("%v, %d queued, want one to each of 4", got, r.queued(t))
	}
	rows, err := r.store.History(t.Context(), store.HistoryFilter{})
	if err != nil || len(rows) != 4*copies {
		t.Errorf("%d cases of %d messages, %v", len(rows), copies, err)
	}
}
