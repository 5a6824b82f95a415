package main

import (
	"strings"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/relay"
)

// row is one row of a table, by column.
type row map[string]any

func (r row) text(column string) string {
	text, _ := r[column].(string)
	return text
}

func (r row) number(column string) int64 {
	n, _ := r[column].(int64)
	return n
}

// tables reads everything that the program has on disk.
func (w *chaosWorld) tables() map[string][]row {
	w.t.Helper()
	s := w.open()
	defer func() { _ = s.Close() }()
	all := map[string][]row{}
	err := s.Everything(w.t.Context(), func(table store.Table) error {
		return table.Rows(func(values []any) error {
			r := row{}
			for i, column := range table.Columns {
				r[column] = values[i]
			}
			all[table.Name] = append(all[table.Name], r)
			return nil
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// books are the tables of the ledger and of the queue, to be compared with what
// lies in the mailbox and with what arrived at the desks.
type books struct {
	*chaosWorld
	messages   map[string]row // by digest
	complaints map[string]row // by digest
	incidents  map[string]row // by id
	queued     map[string]row // messages of the relay, by id
	recipients map[string][]row
	sightings  map[int64]row // by UID
	cursor     int64
}

func byText(rows []row, column string) map[string]row {
	all := make(map[string]row, len(rows))
	for _, r := range rows {
		all[r.text(column)] = r
	}
	return all
}

func (w *chaosWorld) books() *books {
	w.t.Helper()
	all := w.tables()
	b := &books{
		chaosWorld: w, messages: byText(all["message"], "digest"), complaints: byText(all["complaint"], "digest"),
		incidents: byText(all["incident"], "id"), queued: byText(all["relay_message"], "id"),
		recipients: map[string][]row{}, sightings: map[int64]row{},
	}
	for _, r := range all["relay_recipient"] {
		b.recipients[r.text("queue_id")] = append(b.recipients[r.text("queue_id")], r)
	}
	for _, r := range all["sighting"] {
		b.sightings[r.number("uid")] = r
	}
	for _, r := range all["folder_cursor"] {
		b.cursor = r.number("uid")
	}
	return b
}

// toll is what a fault has cost.
type toll struct{ complaints, lost, repeated int }

// addsUp checks that nothing is missing and nothing is there twice, once
// everything is done: every message of the mailbox has one final outcome, every
// complaint was delivered, once but for transactions in flight, counts agree,
// nothing is left in the queue, nobody holds a lease, and every mark is there.
func (w *chaosWorld) addsUp() toll {
	w.t.Helper()
	b := w.books()
	b.everyMessageHasOneOutcome()
	b.everyIncidentCountsItsMessages()
	b.theQueueIsEmpty()
	return b.everyComplaintArrived()
}

func (b *books) everyMessageHasOneOutcome() {
	b.t.Helper()
	flags := b.box.Flags(b.t)
	if len(flags) != len(b.spam) || len(b.sightings) != len(b.spam) || b.cursor != int64(len(b.spam)) {
		b.t.Errorf("%d messages went in; %d lie in the folder, %d places are on record, the cursor is at %d",
			len(b.spam), len(flags), len(b.sightings), b.cursor)
	}
	known := map[string]bool{}
	for uid, digest := range b.digests() {
		known[digest] = true
		place, m := b.sightings[uid], b.messages[digest]
		action := complaint.Action(m.text("action"))
		reported := action == complaint.Sent || action == complaint.Merged
		if place.text("digest") != digest || reported == fromNowhere(b.spam[uid-1]) || !reported && action != complaint.Skipped {
			b.t.Errorf("message %d: place %v, outcome %q (%s)", uid, place, action, m.text("why"))
			continue
		}
		want := ""
		if reported {
			want = mailbox.Reported
		}
		if !strings.EqualFold(flags[uid], want) || place.number("marked") == 0 && want != "" {
			b.t.Errorf("message %d was %s, and its flags are %q; marked on record: %d", uid, action, flags[uid], place.number("marked"))
		}
	}
	for digest, m := range b.messages {
		if !known[digest] {
			b.t.Errorf("the ledger has a message that nobody sent: %s (%s)", m.text("subject"), m.text("action"))
		}
	}
}

func (b *books) everyIncidentCountsItsMessages() {
	b.t.Helper()
	count := map[string]int64{}
	for digest, m := range b.messages {
		id := m.text("incident")
		if id == "" {
			continue
		}
		count[id]++
		if b.incidents[id] == nil {
			b.t.Errorf("message %s is of incident %s, which is not there", digest, id)
		}
	}
	for id, incident := range b.incidents {
		if incident.number("copies") != count[id] {
			b.t.Errorf("incident %s has %d copies, and %d messages are of it", id, incident.number("copies"), count[id])
		}
	}
}

func (b *books) theQueueIsEmpty() {
	b.t.Helper()
	for id, all := range b.recipients {
		for _, r := range all {
			if r.text("state") != string(relay.Delivered) || r.number("owner") != 0 || r["next_attempt"] != nil {
				b.t.Errorf("%s to %s is %s, leased by %d", id, r.text("recipient"), r.text("state"), r.number("owner"))
			}
		}
		if b.queued[id] == nil || b.queued[id]["raw"] != nil {
			b.t.Errorf("%s was delivered, and its text is kept", id)
		}
	}
}

func (b *books) everyComplaintArrived() (cost toll) {
	b.t.Helper()
	arrived := b.desk.copies()
	filed := map[string]bool{}
	inQueue := map[string]bool{}
	for digest, m := range b.messages {
		if m.text("action") != string(complaint.Sent) {
			continue
		}
		cost.complaints++
		id := b.complaints[digest].text("message_id")
		filed[id] = true
		if inQueue[m.text("queue_id")] || len(b.recipients[m.text("queue_id")]) != 1 {
			b.t.Errorf("complaint %s: its place in the queue is %s, with %d recipients", id, m.text("queue_id"), len(b.recipients[m.text("queue_id")]))
		}
		inQueue[m.text("queue_id")] = true
		copies := arrived[id]
		if len(copies) == 0 {
			cost.lost++
			b.t.Errorf("complaint %s about %q never arrived", id, m.text("subject"))
		}
		for _, c := range copies[min(1, len(copies)):] {
			cost.repeated++
			if c != copies[0] {
				b.t.Errorf("complaint %s came in two versions:\n%s\n%s", id, copies[0], c)
			}
		}
	}
	for id := range arrived {
		if !filed[id] {
			b.t.Errorf("complaint %s arrived, and the ledger does not know it", id)
		}
	}
	if len(b.queued) != len(inQueue) {
		b.t.Errorf("%d messages went through the queue, and %d complaints were filed", len(b.queued), len(inQueue))
	}
	return cost
}
