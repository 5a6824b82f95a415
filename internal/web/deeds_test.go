package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"spamreport/complaint"
	"spamreport/relay"
)

func TestDecidingAboutAComplaint(t *testing.T) {
	for word, tc := range map[string]struct {
		action complaint.Action
		queued int
		woken  int
	}{
		"approve": {complaint.Sent, 1, 1},
		"drop":    {complaint.Dropped, 0, 0},
		"never":   {complaint.Dropped, 0, 0},
	} {
		t.Run(word, func(t *testing.T) {
			h := newHouse(t, nil)
			h.signIn()
			e, next := h.hold(spam{Number: 2}), h.hold(spam{Number: 1, Contact: "abuse@other.example"})
			path := "/complaints/" + e.Complaint.Incident
			a := h.submit(path, path, url.Values{"do": {word}})
			if want := "/complaints/" + next.Complaint.Incident; a.status != http.StatusSeeOther || a.location != want {
				t.Errorf("%d to %q, want to go on with %s\n%s", a.status, a.location, want, a.body)
			}
			if got := h.action(e); got != tc.action {
				t.Errorf("it is %s, want %s", got, tc.action)
			}
			items, err := h.store.Queue().List(t.Context(), relay.Filter{})
			if err != nil || len(items) != tc.queued || h.delivered != tc.woken {
				t.Errorf("%d queued, the delivery was woken %d times: %v", len(items), h.delivered, err)
			}
			if body := h.get(a.location).body; !strings.Contains(body, e.Complaint.Incident+" to abuse@isp.example") {
				t.Error("the next page does not say what was done")
			}
			if never, err := h.store.IsNever(t.Context(), e.Contact); err != nil || never != (word == "never") {
				t.Errorf("never mailed: %v, %v", never, err)
			}
			if a := h.submit("/never", path, url.Values{"do": {"approve"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "does not wait") {
				t.Errorf("approved once more: %d", a.status)
			}
		})
	}
}

func TestSeveralAtOnce(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	var held []complaint.Entry
	for i := range 3 {
		held = append(held, h.hold(spam{Number: i, Contact: fmt.Sprintf("abuse%d@isp.example", i)}))
	}
	ids := []string{held[0].Complaint.Incident, held[2].Complaint.Incident, "SR-0000-NONE"}
	h.submit("/review", "/review", url.Values{"do": {"approve"}, "incident": ids})
	body := h.get("/review").body
	if !strings.Contains(body, "2 complaints: approved and queued") || !strings.Contains(body, "SR-0000-NONE") {
		t.Errorf("what was done and what could not be is not said:\n%s", body)
	}
	if h.action(held[0]) != complaint.Sent || h.action(held[1]) != complaint.Held || h.action(held[2]) != complaint.Sent {
		t.Errorf("they are %s, %s, %s", h.action(held[0]), h.action(held[1]), h.action(held[2]))
	}
}

func TestALetterIsEdited(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	path := "/complaints/" + e.Complaint.Incident
	if a := h.submit(path, path, url.Values{"do": {"edit"}, "text": {"Dear desk,\r\n\r\n<b>look</b>.\r\n"}}); a.location != path {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if body := h.get(path).body; !strings.Contains(body, "Dear desk,\n\n&lt;b&gt;look&lt;/b&gt;.") {
		t.Error("the new text is not shown")
	}
	for name, text := range map[string]string{"nothing": " ", "a hidden character": "pay\u200bpal"} {
		if a := h.submit(path, path, url.Values{"do": {"edit"}, "text": {text}}); a.status != http.StatusBadRequest {
			t.Errorf("%s as a letter: %d", name, a.status)
		}
	}
	kept, err := h.store.Entry(t.Context(), e.Digest)
	if err != nil || kept.Complaint.Text != "Dear desk,\n\n<b>look</b>.\n" || kept.Action != complaint.Held {
		t.Errorf("%q, %s, %v", kept.Complaint.Text, kept.Action, err)
	}
}

func TestOnlyTheUserConcludes(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	h.approve(e)
	h.deliver(relay.Delivered, relay.Reply{Code: 250, Text: "ok"})
	path := "/complaints/" + e.Complaint.Incident
	for _, step := range [][2]string{{"resolve", "resolved"}, {"reopen", "delivered"}, {"ignore", "ignored"}} {
		h.submit(path, path, url.Values{"do": {step[0]}})
		rows, _, err := h.store.Page(t.Context(), filterOne)
		if err != nil || len(rows) != 1 || string(rows[0].Life.State) != step[1] {
			t.Errorf("after %s: %v, %v", step[0], rows, err)
		}
	}
}

func TestTheQueueIsLookedAfter(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	h.approve(e)
	id := func() string {
		kept, err := h.store.Entry(t.Context(), e.Digest)
		if err != nil {
			t.Fatal(err)
		}
		return kept.QueueID
	}()
	state := func() relay.State {
		items, err := h.store.Queue().List(t.Context(), relay.Filter{ID: id, States: []relay.State{
			relay.Queued, relay.OnHold, relay.Retrying, relay.Failed, relay.Dropped, relay.Delivered,
		}})
		if err != nil || len(items) != 1 {
			t.Fatal(items, err)
		}
		return items[0].State
	}
	for _, step := range []struct {
		do    string
		state relay.State
	}{{"hold", relay.OnHold}, {"release", relay.Queued}} {
		h.submit("/queue", "/queue", url.Values{"do": {step.do}, "id": {id}})
		if got := state(); got != step.state {
			t.Fatalf("after %s it is %s", step.do, got)
		}
	}
	h.deliver(relay.Failed, relay.Reply{Code: 550, Status: "5.7.1", Text: "we do not want that"})
	if body := h.get("/queue?state=failed").body; !strings.Contains(body, "we do not want that") || !strings.Contains(body, e.Complaint.Incident) {
		t.Error("the bounce is not listed with its reason and its complaint")
	}
	h.submit("/queue?state=failed", "/queue", url.Values{"do": {"retry"}, "id": {id, id}, "state": {"failed"}})
	if got := state(); got != relay.Retrying || h.delivered != 2 {
		t.Errorf("after retry it is %s, woken %d times", got, h.delivered)
	}
	h.submit("/queue", "/queue", url.Values{"do": {"drop"}, "id": {id}})
	if got := state(); got != relay.Dropped {
		t.Errorf("after drop it is %s", got)
	}
	if a := h.submit("/never", "/queue", url.Values{"do": {"hold"}, "id": {"none"}}); a.status != http.StatusBadRequest {
		t.Errorf("a message that is not there: %d", a.status)
	}
}

func TestContactsThatAreNeverMailed(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	h.submit("/never", "/never", url.Values{"do": {"add"}, "address": {e.Contact}})
	if got := h.action(e); got != complaint.Dropped {
		t.Errorf("what waited for it is %s", got)
	}
	if body := h.get("/never").body; !strings.Contains(body, e.Contact) || !strings.Contains(body, "1 complaint dropped") {
		t.Error("the contact is not listed")
	}
	h.submit("/never", "/never", url.Values{"do": {"remove"}, "address": {e.Contact}})
	if never, err := h.store.IsNever(t.Context(), e.Contact); err != nil || never {
		t.Errorf("it is still on the list: %v", err)
	}
	if a := h.submit("/never", "/never", url.Values{"do": {"add"}, "address": {"nobody"}}); a.status != http.StatusBadRequest {
		t.Errorf("no address: %d", a.status)
	}
}

func TestListsAreCutByKey(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	const messages = 120
	for i := range messages {
		h.hold(spam{Number: i, Subject: fmt.Sprintf("offer number %03d.", i)})
	}
	seen := map[string]int{}
	path, pages := "/complaints?what=held&q=offer", 0
	for ; path != "" && pages < 10; pages++ {
		body := h.get(path).body
		for i := range messages {
			if word := fmt.Sprintf("number %03d.", i); strings.Contains(body, word) {
				seen[word]++
			}
		}
		_, rest, more := strings.Cut(body, `rel="next"`)
		path = ""
		if more {
			_ = rest
			before := body[:strings.Index(body, `rel="next"`)]
			link := before[strings.LastIndex(before, `href="`)+6:]
			path = strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(link), `"`), "&amp;", "&")
		}
	}
	if len(seen) != messages || pages != 3 {
		t.Errorf("%d messages on %d pages, want %d on 3", len(seen), pages, messages)
	}
	for word, n := range seen {
		if n != 1 {
			t.Errorf("%s is on %d pages", word, n)
		}
	}
}

func TestWordsThatAreNoListSayWhichAre(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	for _, path := range []string{"/complaints?state=x", "/complaints?what=x", "/complaints?below=x", "/networks?by=x", "/networks?span=x", "/queue?state=x"} {
		if a := h.get(path); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	for _, path := range []string{"/complaints/SR-0000-0000", "/complaints/'%20OR%201", "/download/x.csv", "/nothing"} {
		if a := h.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
