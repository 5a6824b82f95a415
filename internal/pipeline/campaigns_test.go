package pipeline_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
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

// plague makes a mailbox of campaigns: each has its words, its networks and,
// in each copy, other numbers, links, names and white space.
type plague struct {
	*rand.Rand
	networks  []netip.Prefix
	campaigns []campaign
	of        map[string]source // by digest
}

type campaign struct {
	subject, body string
	html          bool
	networks      []netip.Prefix
}

// source is what a message of the mailbox really is.
type source struct {
	campaign int
	network  netip.Prefix
}

var vocabulary = strings.Fields(`account amount apply bank best bonus business buy card cash casino cheap
	click confirm credit customer dear deal delivery discount doctor dollar free friend fund gift gold
	health home hot investment invoice job limited loan lottery lucky medicine million money mortgage new
	offer online only order package parcel payment pharmacy phone pill please price prize product profit
	quality rate replica safe sale save secret security sell ship shop special store stock subscription
	support ticket today trade transfer travel trial urgent verify visit watch weight winner work`)

func newPlague(networks, campaigns int) *plague {
	p := &plague{Rand: rand.New(rand.NewPCG(5, 5)), of: map[string]source{}}
	for i := range networks {
		base := [...]string{"192.0.2", "198.51.100", "203.0.113"}[i%3]
		p.networks = append(p.networks, netip.MustParsePrefix(fmt.Sprintf("%s.%d/28", base, i/3*16)))
	}
	for i := range campaigns {
		c := campaign{subject: p.words(4), body: p.words(40), html: i%3 == 0}
		for j := range 1 + i%3 {
			c.networks = append(c.networks, p.networks[(i*7+j*11)%networks])
		}
		p.campaigns = append(p.campaigns, c)
	}
	return p
}

func (p *plague) words(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = vocabulary[p.IntN(len(vocabulary))]
	}
	return strings.Join(words, " ")
}

// copy is the next copy of a campaign.
func (p *plague) copy(i int) string {
	c := p.campaigns[i]
	network := c.networks[p.IntN(len(c.networks))]
	host := network.Addr().As4()
	host[3] += byte(1 + p.IntN(14))
	words := strings.Fields(c.body)
	words[7] = fmt.Sprintf("%d%%", p.IntN(1000))
	words[11] = fmt.Sprintf("https://t%d.example/%x?u=%x", p.IntN(9), p.Uint64(), p.Uint32())
	body := "Dear user, " + strings.Join(words, []string{" ", "  ", "\r\n"}[p.IntN(3)]) + fmt.Sprintf("\r\nRef %x\r\n", p.Uint64())
	kind := "plain"
	if c.html {
		body, kind = "<p style='"+fmt.Sprint(p.Uint32())+"'>"+strings.ReplaceAll(body, ", ", ", <b>")+"</b>", "html"
	}
	raw := received(netip.AddrFrom4(host), p.Uint64()) + fmt.Sprintf(
		"From: x%[1]d <x%[1]d@d%[2]d.example>\r\nTo: user@example.org\r\nSubject: %[3]s %[1]d!\r\nContent-Type: text/%[4]s\r\n\r\n%[5]s",
		p.IntN(1e6), p.IntN(5), c.subject, kind, body)
	p.of[mailbox.Digest([]byte(raw))] = source{i, network}
	return raw
}

func received(ip netip.Addr, id uint64) string {
	return fmt.Sprintf("Received: from x.example.net (x.example.net [%s]) by mx.example.org with ESMTP id %x; %s\r\n",
		ip, id, time.Now().Format(time.RFC1123Z))
}

// mailbox has n messages: campaigns, 20 newsletters, and 20 without a source.
func (p *plague) mailbox(n int) []string {
	var all []string
	for i := range 20 {
		all = append(all,
			"Authentication-Results: mx.example.org; dkim=pass header.d=shop.example\r\n"+received(netip.MustParseAddr("192.0.2.200"), uint64(i))+
				fmt.Sprintf("From: news@shop.example\r\nList-Unsubscribe: <https://shop.example/%d>\r\nSubject: News %d\r\n\r\nNew\r\n", i, i),
			strings.Replace(ham, "id 9", fmt.Sprint("id ", i), 1))
	}
	for i := range 40 {
		all = append(all, p.copy(i))
	}
	for len(all) < n {
		all = append(all, p.copy(p.IntN(len(p.campaigns))))
	}
	p.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// IP makes the plague its own registry: each network has a desk, but the last
// ten have one together.
func (p *plague) IP(_ context.Context, addr netip.Addr) (lookup.Result, error) {
	i := slices.IndexFunc(p.networks, func(n netip.Prefix) bool { return n.Contains(addr) })
	desk := fmt.Sprintf("abuse@isp%d.example", min(i, len(p.networks)-10))
	return lookup.Result{
		Query: addr.String(), Network: lookup.Network{Name: fmt.Sprint("NET-", i), CIDR: p.networks[max(i, 0) : max(i, 0)+1]},
		Contacts: []lookup.Contact{{Email: desk, Role: "abuse", Via: "rdap", Confidence: lookup.High}},
	}, nil
}

// Lookup has one registrar for all domains.
func (p *plague) Lookup(_ context.Context, domain string) (lookup.Result, error) {
	return lookup.Result{Query: domain, Network: lookup.Network{Domain: domain}, Contacts: []lookup.Contact{{
		Email: "abuse@registrar.example", Role: "abuse", Via: "rdap", Confidence: lookup.High,
	}}}, nil
}

// books checks what must hold at any time: each message has one outcome, each
// campaign from a network at most one complaint, no desk more in a day than
// the limit.
func (p *plague) books(t *testing.T, s *store.Store, limit int) map[complaint.Action]int {
	t.Helper()
	rows, err := s.History(t.Context(), store.HistoryFilter{})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[complaint.Action]int{}
	complaints := map[source]int{}
	filed := map[string][]time.Time{}
	copies := 0
	for _, row := range rows {
		if row.Why == "" {
			t.Errorf("%s without a reason", row.Action)
		}
		if row.Action == complaint.Sent {
			filed[row.Contact] = append(filed[row.Contact], row.Filed)
		}
		if row.Kind != complaint.KindSource {
			continue
		}
		counts[row.Action]++
		copies += row.Copies
		if row.Action == complaint.Sent {
			complaints[p.of[row.Digest]]++
		}
	}
	for of, n := range complaints {
		if n > 1 {
			t.Errorf("campaign %d from %s: %d complaints", of.campaign, of.network, n)
		}
	}
	for desk, times := range filed {
		slices.SortFunc(times, time.Time.Compare)
		for i := limit; i < len(times); i++ {
			if times[i].Sub(times[i-limit]) < 24*time.Hour {
				t.Errorf("%s got more than %d complaints in a day: %v", desk, limit, times)
			}
		}
	}
	if want := counts[complaint.Sent] + counts[complaint.Merged]; copies != want {
		t.Errorf("the complaints speak of %d messages, want %d", copies, want)
	}
	return counts
}

func TestAThousandMessagesOfFortyCampaigns(t *testing.T) {
	p := newPlague(25, 40)
	r := newRig(t, p.mailbox(1000)...)
	r.sweep.Stages.Desks = p
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: time.Hour}
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	incidents := len(incidentsOf(p))
	want := map[complaint.Action]int{complaint.Sent: incidents, complaint.Merged: 960 - incidents, complaint.Skipped: 40}
	if got := p.books(t, r.store, incidents); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if r.queued(t) != incidents || len(r.folder.marked) != 960 {
		t.Errorf("%d complaints, %d messages marked", r.queued(t), len(r.folder.marked))
	}
}

// TestTheDefaultsHoldForEveryTarget has the limits of the default configuration,
// and complains about the domains of links, too.
func TestTheDefaultsHoldForEveryTarget(t *testing.T) {
	const limit = 20
	p := newPlague(25, 40)
	r := newRig(t, p.mailbox(1000)...)
	r.sweep.Stages.Desks = p
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: 7 * 24 * time.Hour, PerContactPerDay: limit}
	r.sweep.Stages.Find = func(ctx context.Context, inc complaint.Incident) target.Found {
		return target.Find(ctx, inc, target.Options{Registrars: true})
	}
	now := time.Now()
	r.sweep.Stages.Now = func() time.Time { return now }
	for day := 0; ; day++ {
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		counts := p.books(t, r.store, limit)
		if total := counts[complaint.Sent] + counts[complaint.Merged] + counts[complaint.Deferred] + counts[complaint.Skipped]; total != 1000 || day > 5 {
			t.Fatalf("day %d: %v", day, counts)
		}
		if counts[complaint.Deferred] == 0 {
			break
		}
		now = now.Add(24 * time.Hour)
	}
	further, err := r.store.Summary(t.Context())
	if err != nil || further.Further[complaint.Sent] != 9 || further.Further[complaint.Merged] != 960-9 {
		t.Errorf("%v, %v: want a complaint for each of 9 domains", further.Further, err)
	}
}

// TestDesksAreLeftAlone sweeps every day until nothing waits any more.
func TestDesksAreLeftAlone(t *testing.T) {
	p := newPlague(25, 40)
	r := newRig(t, p.mailbox(240)...)
	const limit = 3
	r.sweep.Stages.Desks = p
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: 30 * 24 * time.Hour, CoolDown: 48 * time.Hour, PerContactPerDay: limit}
	now := time.Now()
	r.sweep.Stages.Now = func() time.Time { return now }
	sweeps := 0
	for deferred := 1; deferred > 0; sweeps++ {
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		counts := p.books(t, r.store, limit)
		deferred = counts[complaint.Deferred]
		if total := counts[complaint.Sent] + counts[complaint.Merged] + deferred; total != 200 || counts[complaint.Skipped] != 40 || sweeps > 20 {
			t.Fatalf("sweep %d: %v", sweeps, counts)
		}
		now = now.Add(24 * time.Hour)
	}
	if sweeps == 1 {
		t.Error("no desk had enough: the test tests nothing")
	}
	// All were told of, in fewer letters than there were incidents.
	if got := r.queued(t); got >= len(incidentsOf(p)) || len(r.folder.marked) != 200 {
		t.Errorf("%d complaints about %d incidents, %d messages marked", got, len(incidentsOf(p)), len(r.folder.marked))
	}
}

func incidentsOf(p *plague) map[source]bool {
	all := map[source]bool{}
	for _, of := range p.of {
		all[of] = true
	}
	return all
}

func TestADryRunCountsLikeTheRealRun(t *testing.T) {
	p := newPlague(25, 40)
	r := newRig(t, p.mailbox(240)...)
	r.sweep.Stages.Desks = p
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: time.Hour, PerContactPerDay: 3}
	dry := *r.sweep.Stages
	dry.Rehearsal = &pipeline.Rehearsal{}
	actual := r.sweep.Stages
	r.sweep.DryRun, r.sweep.Stages = true, &dry
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	rehearsed := r.actions()
	r.sweep.DryRun, r.sweep.Stages = false, actual
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	counts := r.actions()
	if rehearsed[complaint.WouldSend] != counts[complaint.Sent] || rehearsed[complaint.Merged] != counts[complaint.Merged] ||
		rehearsed[complaint.Deferred] != counts[complaint.Deferred] {
		t.Errorf("rehearsed %v, done %v", rehearsed, counts)
	}
}
