package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/relay"
	"spamreport/relay/bounce"
)

// HistoryFilter selects cases of the ledger. The zero value selects all.
type HistoryFilter struct {
	Limit   int       // 0: no limit
	Since   time.Time // seen at that time or later
	Action  complaint.Action
	Contact string
	Digest  string
	State   followup.State // of the complaint

	Messages bool // only the cases about the source: each stands for its message

	Search
}

// HistoryRow is a case with what became of it. Its complaint is without
// Text and Raw: Entry has those.
type HistoryRow struct {
	complaint.Entry
	Filed    time.Time // zero unless filed
	Delivery Delivery
	Life     followup.Life

	outcome followup.State // as the user said
	closed  time.Time
}

// Delivery says how far the relay came with a complaint. Its State is the one
// of the recipient that stands worst, its Reply that recipient's last one. The
// zero value is a message that was not filed.
type Delivery struct {
	State   relay.State
	Reply   relay.Reply
	Next    time.Time // the next attempt
	Updated time.Time
}

// worse orders the states, best first: the delivery to several recipients is
// as good as the worst of them.
var worse = map[relay.State]int{
	"": 0, relay.Delivered: 1, relay.Dropped: 2, relay.Queued: 3, relay.OnHold: 4, relay.Retrying: 5, relay.Failed: 6,
}

// History lists cases, the last seen first; those of a message stand together.
func (s *Store) History(ctx context.Context, f HistoryFilter) ([]HistoryRow, error) {
	if f.Limit > 0 {
		history, _, err := s.Page(ctx, f)
		return history, err
	}
	page, query, args := f.query()
	history, err := s.history(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if err := s.lives(ctx, history, page, args); err != nil || f.State == "" {
		return history, err
	}
	return slices.DeleteFunc(history, func(row HistoryRow) bool { return row.Life.State != f.State }), nil
}

func (s *Store) history(ctx context.Context, query string, args []any) ([]HistoryRow, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var history []HistoryRow
	for rows.Next() {
		row, err := scanHistory(rows)
		if err != nil {
			return nil, explain(err)
		}
		// One row came for each recipient of the complaint.
		if n := len(history); n > 0 && history[n-1].Digest == row.Digest {
			if worse[row.Delivery.State] > worse[history[n-1].Delivery.State] {
				history[n-1].Delivery = row.Delivery
			}
			continue
		}
		history = append(history, row)
	}
	return history, explain(rows.Err())
}

// query is the whole query and the condition in it that selects messages; both
// take the same arguments.
func (f HistoryFilter) query() (page, query string, args []any) {
	var p placeholders
	where := ` WHERE 1 = 1`
	if !f.Since.IsZero() {
		where += ` AND seen >= ` + p.add(millis(f.Since))
	}
	if f.Action != "" {
		where += ` AND action = ` + p.add(string(f.Action))
	}
	if f.Contact != "" {
		where += ` AND LOWER(contact) = ` + p.add(strings.ToLower(f.Contact))
	}
	if f.Digest != "" {
		where += ` AND digest = ` + p.add(f.Digest)
	}
	if f.State != "" {
		where += ` AND ` + perhaps(f.State, &p)
	}
	where += f.Search.add(&p)
	if f.Messages {
		where += ` AND kind = ''`
	}
	const order = ` ORDER BY seen DESC, digest`
	page = where + order
	if f.Limit > 0 {
		page += ` LIMIT ` + p.add(f.Limit)
	}
	// The page is cut before the recipients are joined: it counts messages.
	return page, `
		SELECT ` + entryColumns + noTexts + `,
			m.filed, COALESCE(r.state, ''), COALESCE(r.reply_code, 0), COALESCE(r.reply_status, ''),
			COALESCE(r.reply_text, ''), r.next_attempt, r.updated, m.outcome, m.closed
		FROM (SELECT * FROM message` + page + `) m
		LEFT JOIN complaint c ON c.digest = m.digest
		LEFT JOIN relay_recipient r ON r.queue_id = m.queue_id
		ORDER BY m.seen DESC, m.digest, r.recipient`, p.args
}

func scanHistory(rows *sql.Rows) (HistoryRow, error) {
	var row HistoryRow
	var filed, next, updated, closed sql.NullInt64
	d := &row.Delivery
	entry, err := scanEntry(func(entryColumns ...any) error {
		return rows.Scan(append(entryColumns,
			&filed, &d.State, &d.Reply.Code, &d.Reply.Status, &d.Reply.Text, &next, &updated, &row.outcome, &closed)...)
	})
	row.Entry = entry
	row.Filed, d.Next, d.Updated = fromMillis(filed), fromMillis(next), fromMillis(updated)
	row.closed = fromMillis(closed)
	return row, err
}

// Summary counts the ledger and the queue.
type Summary struct {
	Messages map[complaint.Action]int
	// Further counts the complaints about something else than the source.
	Further map[complaint.Action]int
	// Deliveries counts recipients in the relay's queue, of complaints and of
	// other mail.
	Deliveries map[relay.State]int
	// Answered counts the complaints that a person answered, and the user did
	// not close since.
	Answered int
	// Oldest is when the oldest message that still waits was queued.
	Oldest time.Time
	// NextDue is when the next recipient falls due; zero when none waits.
	NextDue time.Time
}

// Summary counts messages by action and recipients by state.
func (s *Store) Summary(ctx context.Context) (Summary, error) {
	sum := Summary{
		Messages: make(map[complaint.Action]int), Further: make(map[complaint.Action]int), Deliveries: make(map[relay.State]int),
	}
	err := s.counts(ctx, `SELECT action, COUNT(*) FROM message WHERE kind = '' GROUP BY action`,
		func(name string, n int) { sum.Messages[complaint.Action(name)] = n })
	if err != nil {
		return sum, err
	}
	// > is the same as <> here, but the index finds where those begin, so that the others, which
	// are many more, are not read again.
	err = s.counts(ctx, `SELECT action, COUNT(*) FROM message WHERE kind > '' GROUP BY action`,
		func(name string, n int) { sum.Further[complaint.Action(name)] = n })
	if err != nil {
		return sum, err
	}
	err = s.counts(ctx, `SELECT state, COUNT(*) FROM relay_recipient GROUP BY state`,
		func(name string, n int) { sum.Deliveries[relay.State(name)] = n })
	if err != nil {
		return sum, err
	}
	if sum.Answered, err = s.Answered(ctx); err != nil {
		return sum, err
	}
	if sum.Oldest, err = s.Oldest(ctx); err != nil {
		return sum, err
	}
	sum.NextDue, err = s.Queue().NextDue(ctx)
	return sum, err
}

// Answered counts the complaints that a person answered, and the user did not
// close since.
func (s *Store) Answered(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT COUNT(*) FROM message m WHERE m.people > 0 AND m.filed IS NOT NULL AND (m.outcome = '' OR EXISTS (
			SELECT 1 FROM reply r WHERE r.complaint = m.digest AND r.kind = $1 AND r.recorded > m.closed))`,
		string(bounce.Answer)).Scan(&n)
	return n, explain(err)
}

// Oldest is when the oldest message that still waits was queued; zero when
// none waits.
func (s *Store) Oldest(ctx context.Context) (time.Time, error) {
	var p placeholders
	var oldest sql.NullInt64
	err := s.read.QueryRowContext(ctx, `
		SELECT MIN(m.queued) FROM relay_message m JOIN relay_recipient r ON r.queue_id = m.id
		WHERE r.state IN (`+addAll(&p, notFinal())+`)`, p.args...).Scan(&oldest)
	return fromMillis(oldest), explain(err)
}

// counts runs a query for names and numbers.
func (s *Store) counts(ctx context.Context, query string, each func(name string, n int)) error {
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return explain(err)
		}
		each(name, n)
	}
	return explain(rows.Err())
}
