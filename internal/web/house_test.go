package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/approval"
	"spamreport/internal/contract"
	"spamreport/internal/followup"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/internal/web"
	"spamreport/lookup"
	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/templates"
)

const password = "correct horse battery"

// house is a site with its store, and a person at a browser.
type house struct {
	t         testing.TB
	store     *store.Store
	server    *httptest.Server
	site      *web.Site
	browser   *http.Client
	links     []string // that were printed
	delivered int      // how often the delivery was woken
	walker    *headers.Walker
	now       time.Time
}

// newHouse opens a site; change adjusts it before.
func newHouse(t testing.TB, change func(*web.Options)) *house {
	t.Helper()
	return newHouseOn(t, storetest.New(t, store.Options{}), change)
}

func newHouseOn(t testing.TB, s *store.Store, change func(*web.Options)) *house {
	t.Helper()
	trust, err := headers.ParseTrust("example.org")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, store: s, now: time.Now(), walker: &headers.Walker{Trust: []headers.TrustRule{trust}}}
	o := web.Options{
		Store: s, Approvals: approval.Desk{Ledger: s}, Walk: h.walk, Deliver: func() { h.delivered++ }, Version: "test",
		CheckPassword: func(given string) bool { return given == password }, Now: func() time.Time { return h.now },
		Accounts: []web.Account{{Name: "home", Server: "imap.example.org:993", User: "alice", Folders: []string{"Junk", "Spam"}}},
		Relay: func(context.Context, time.Time) (contract.RelayStatus, error) {
			return contract.RelayStatus{
				Quotas:     []contract.Quota{{Scope: "all", Limit: 50, Per: "day", Used: 41, Percent: 82, Alert: 80}},
				Reputation: contract.Reputation{Percent: 97.5, Standing: "good", Delivered: 412, Hard: 3, Block: 1},
			}, nil
		},
		Senders: func(user string) []string { return []string{user, "@example.org"} },
		Running: []string{"watches the mailboxes", "delivers what is queued"},
	}
	if change != nil {
		change(&o)
	}
	if o.CheckPassword == nil {
		o.ShowLink = func(path string) { h.links = append(h.links, path) }
	}
	h.site = web.New(o)
	h.server = httptest.NewServer(h.site.Handler())
	t.Cleanup(h.server.Close)
	h.browser = h.newBrowser()
	return h
}

func (h *house) newBrowser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (h *house) walk(spam []byte) (headers.Verdict, error) {
	block, err := headers.ReadBlock(bytes.NewReader(spam))
	if err != nil {
		return headers.Verdict{}, err
	}
	return h.walker.Walk(block), nil
}

// answer is what the site says to a request.
type answer struct {
	status   int
	body     string
	location string
	header   http.Header
}

func (h *house) do(r *http.Request) answer {
	h.t.Helper()
	response, err := h.browser.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{response.StatusCode, string(body), response.Header.Get("Location"), response.Header}
}

func (h *house) get(path string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.server.URL+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.do(r)
}

// post sends a form as a browser does that has the page open.
func (h *house) post(path string, form url.Values) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return h.do(r)
}

// signIn signs in with the password.
func (h *house) signIn() {
	h.t.Helper()
	if a := h.post("/login", url.Values{"password": {password}}); a.status != http.StatusSeeOther {
		h.t.Fatalf("sign in: %d\n%s", a.status, a.body)
	}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// submit sends a form of a page, with the token that the page has.
func (h *house) submit(page, path string, form url.Values) answer {
	h.t.Helper()
	found := csrfField.FindStringSubmatch(h.get(page).body)
	if found == nil {
		h.t.Fatalf("%s has no form", page)
	}
	form.Set("csrf", found[1])
	return h.post(path, form)
}

// spam is a message that a complaint waits about.
type spam struct {
	Digest, Subject, From, Network, Contact string
	Seen                                    time.Time
	Number                                  int
}

// hold puts a complaint about spam where it waits for approval.
func (h *house) hold(s spam) complaint.Entry {
	h.t.Helper()
	if s.Digest == "" {
		s.Digest = fmt.Sprintf("%064x", s.Number)
	}
	if s.Contact == "" {
		s.Contact = "abuse@isp.example"
	}
	if s.Seen.IsZero() {
		s.Seen = h.now.Add(time.Duration(s.Number-1000) * time.Second)
	}
	source := netip.AddrFrom4([4]byte{192, 0, 2, byte(7 + s.Number)})
	raw := fmt.Appendf(nil, "Received: from mx.example.org (mx.example.org [10.0.0.1]) by imap.example.org with LMTP id 2; %[1]s\r\n"+
		"Received: from friend (dyn.isp.example [%[2]s]) by mx.example.org with ESMTP id 1; %[1]s\r\n"+
		"Received: from bank.example (bank.example [198.51.100.1]) by friend with SMTP id 0; %[1]s\r\n"+
		"From: <%[3]s>\r\nSubject: %[4]s\r\nMessage-ID: <%[5]d@x.example>\r\n\r\n%[4]s\r\n",
		s.Seen.Format(time.RFC1123Z), source, strings.NewReplacer("\r", "", "\n", "").Replace(s.From),
		strings.NewReplacer("\r", "", "\n", "").Replace(s.Subject), s.Number)
	verdict, err := h.walk(raw)
	if err != nil || verdict.Source == nil {
		h.t.Fatalf("the fixture has no source: %v, %s", err, verdict.Reason)
	}
	letters, err := templates.Load("")
	if err != nil {
		h.t.Fatal(err)
	}
	incident := complaint.Incident{
		Digest: s.Digest, Verdict: verdict, Received: s.Seen,
		Message: complaint.Message{Raw: raw, Size: int64(len(raw))},
		Lookup: lookup.Result{
			Network:  lookup.Network{Name: s.Network, Country: "NL", CIDR: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
			Contacts: []lookup.Contact{{Email: s.Contact, Role: "abuse", Via: "rdap"}},
		},
	}
	composer := complaint.Composer{Identity: complaint.Identity{Name: "Alice", Email: "alice@example.org"}, Templates: letters}
	c, err := composer.Compose(incident, incident.Lookup.Contacts)
	if err != nil {
		h.t.Fatal(err)
	}
	e := complaint.Entry{
		Digest: s.Digest, MessageID: fmt.Sprintf("<%d@x.example>", s.Number), Subject: s.Subject, From: s.From, Source: source,
		Network: s.Network, Prefix: netip.MustParsePrefix("192.0.2.0/24"), Country: "NL", Contact: s.Contact,
		Action: complaint.Held, Why: pipeline.Waits, Complaint: &c, Seen: s.Seen, Received: s.Seen,
		Key: complaint.Key{Fingerprint: s.Digest, Contact: s.Contact},
	}
	kept, err := h.store.Record(h.t.Context(), []pipeline.Filing{{Entry: e}}, mailbox.Place{})
	if err != nil {
		h.t.Fatal(err)
	}
	return kept[0]
}

// approve lets a complaint go.
func (h *house) approve(e complaint.Entry) {
	h.t.Helper()
	if err := (approval.Desk{Ledger: h.store}).Approve(h.t.Context(), e); err != nil {
		h.t.Fatal(err)
	}
}

// deliver has the relay come to an outcome for everything that is due.
func (h *house) deliver(state relay.State, reply relay.Reply) {
	h.t.Helper()
	q := h.store.Queue()
	jobs, err := q.Lease(h.t.Context(), time.Now().Add(time.Minute), 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, job := range jobs {
		var outcomes []relay.Outcome
		for _, to := range job.Recipients {
			outcomes = append(outcomes, relay.Outcome{Recipient: to.Address, State: state, Reply: reply})
		}
		if err := q.Settle(h.t.Context(), job.ID, time.Now(), outcomes); err != nil {
			h.t.Fatal(err)
		}
	}
}

// replies records that a desk answered.
func (h *house) replies(e complaint.Entry, from, subject, ticket string) {
	h.t.Helper()
	_, err := h.store.RecordReply(h.t.Context(), followup.Reply{
		Digest: "reply to " + e.Digest, Complaint: e.Digest, Kind: bounce.Answer, From: from, Subject: subject, Ticket: ticket, URL: "https://desk.example/" + ticket,
		Received: h.now,
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) action(e complaint.Entry) complaint.Action {
	h.t.Helper()
	now, err := h.store.Entry(h.t.Context(), e.Digest)
	if err != nil {
		h.t.Fatal(err)
	}
	return now.Action
}

// filterOne is the last message.
var filterOne = store.HistoryFilter{Limit: 1}
