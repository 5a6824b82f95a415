package storetest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"spamreport/internal/store"
)

// Options say what the store holds.
type Options struct {
	Messages int
	Days     int       // over which they came, up to Until
	Until    time.Time // now when zero
	Networks int       // a few of them send most
}

// Fill makes the database at path and writes into its tables, since filing
// each message by itself would take longer than what is measured.
func Fill(ctx context.Context, path string, o Options) error {
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(0)&_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	if o.Until.IsZero() {
		o.Until = time.Now()
	}
	err = fill(ctx, db, o)
	return errors.Join(err, db.Close())
}

func fill(ctx context.Context, db *sql.DB, o Options) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	into := map[string]*sql.Stmt{}
	for table, columns := range tables {
		marks := strings.Repeat(", ?", strings.Count(columns, ",")+1)[2:]
		if into[table], err = tx.PrepareContext(ctx, "INSERT INTO "+table+" ("+columns+") VALUES ("+marks+")"); err != nil {
			return err
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	popular := rand.NewZipf(r, 1.2, 4, uint64(o.Networks-1))
	ages := make([]time.Duration, o.Messages)
	for i := range ages {
		ages[i] = when(r, o.Days)
	}
	slices.SortFunc(ages, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	for i, age := range ages {
		for _, row := range rows(r, i, o.Until.Add(-age), int(popular.Uint64()), o.Until) {
			if _, err := into[row.table].ExecContext(ctx, row.values...); err != nil {
				return fmt.Errorf("%s: %w", row.table, err)
			}
		}
	}
	return tx.Commit()
}

// when is how long ago a message came: spam comes in waves, of a week and of
// three.
func when(r *rand.Rand, days int) time.Duration {
	for {
		day := r.Float64() * float64(days)
		if r.Float64() < 0.55+0.25*math.Sin(day*2*math.Pi/7)+0.2*math.Sin(day*2*math.Pi/23) {
			return time.Duration(day * 24 * float64(time.Hour))
		}
	}
}

// tables are the columns that are filled.
var tables = map[string]string{
	"message": "digest, message_id, subject, sender, source, network, contact, action, why, queue_id, " +
		"seen, filed, prefix, country, received, outcome, closed, incident, answered, people, spam",
	"complaint":       "digest, incident, message_id, sender, recipients, subject, format, body, raw",
	"incident":        "id, complaint, fingerprint, network, contact, opened, seen, copies, filed",
	"relay_message":   "id, sender, size, queued",
	"relay_recipient": "queue_id, recipient, domain, state, attempts, next_attempt, reply_code, reply_status, reply_text, updated",
	"reply": "digest, complaint, kind, class, reason, status, diagnostic, recipient, ticket, url, sender, subject, " +
		"received, recorded, gone",
}

type row struct {
	table  string
	values []any
}

var subjects = []string{
	"You have won the Spanish lottery", "Invoice 2231 overdue", "Your parcel waits at customs", "Re: Re: quick question",
	"Cheap watches, today only", "Account suspended: confirm now", "Kreditangebot ohne Schufa", "Félicitations !",
}

var countries = []string{"US", "CN", "BR", "DE", "IN", "VN", "RU", "FR", "NL", "ID"}

// rows are everything about one message.
func rows(r *rand.Rand, i int, seen time.Time, network int, now time.Time) []row {
	sum := sha256.Sum256(fmt.Append(nil, "message", i))
	digest := hex.EncodeToString(sum[:])
	incident := fmt.Sprintf("SR-%04X-%04X", i>>16, i&0xffff)
	queue := fmt.Sprintf("%011X%05X", seen.UnixMilli(), i) // in the order of time, as those of the relay
	name := fmt.Sprintf("NET-%d", network)
	contact := fmt.Sprintf("abuse@net%d.example", network/3)
	prefix := fmt.Sprintf("198.%d.%d.0/24", 18+network/256%2, network%256)
	if network >= 512 {
		prefix = fmt.Sprintf("10.%d.%d.0/24", network/256, network%256)
	}
	source := strings.TrimSuffix(prefix, "0/24") + fmt.Sprint(1+r.IntN(250))
	subject := subjects[r.IntN(len(subjects))]
	at := seen.UnixMilli()
	to := []any{digest, fmt.Sprintf("<%d@spam.example>", i), subject, fmt.Sprintf("winner%d@spam.example", i%977), source, name, contact}
	where := []any{prefix, countries[network%len(countries)], at - 60_000}

	fresh := now.Sub(seen) < 48*time.Hour
	chance := r.IntN(100)
	var all []row
	filedAt := any(nil)
	message := func(action, why, queue string, filed, outcome, closed, answered any, people int) {
		all = append(all, row{"message", append(append(append([]any{}, to...), action, why, queue, at, filed),
			append(append([]any{}, where...), outcome, closed, digest, answered, people, digest)...)})
	}
	switch {
	case chance < 4:
		message("skipped", "No believed server wrote down a public address.", "", nil, "", nil, nil, 0)
		return all
	case chance < 6 && fresh:
		message("held", "Waits for approval.", "", nil, "", nil, nil, 0)
	default:
		outcome, closed := "", any(nil)
		if chance > 92 && !fresh {
			outcome, closed = "resolved", at+86_400_000*int64(1+r.IntN(6))
		}
		back, answered, people := replies(r, i, digest, incident, contact, at, now.UnixMilli())
		filedAt = at + 1000
		message("sent", "Filed.", queue, filedAt, outcome, closed, answered, people)
		all = append(all, delivery(r, queue, contact, at, fresh)...)
		all = append(all, back...)
	}
	text := "To the abuse desk:\n\nWe received spam from " + source + ".\n" + strings.Repeat("It is enclosed below with its headers.\n", 8)
	raw := "From: reports@example.org\r\nTo: " + contact + "\r\nSubject: spam\r\n\r\n" + strings.Repeat("Received: from somewhere by somewhere\r\n", 12)
	return append(all,
		row{"complaint", []any{
			digest, incident, "<" + incident + "@example.org>", "reports@example.org", `{"to":["` + contact + `"]}`,
			"Spam from " + source + " [" + incident + "]", "text", text, []byte(raw),
		}},
		row{"incident", []any{digest, digest, digest[:16], prefix, contact, at, at, 1 + r.IntN(4), filedAt}})
}

// delivery is what the relay did. Old mail has arrived or has not.
func delivery(r *rand.Rand, queue, contact string, at int64, fresh bool) []row {
	state, code, status, text, next := "delivered", 250, "2.0.0", "Ok: queued", any(nil)
	switch n := r.IntN(100); {
	case n < 3:
		state, code, status, text = "failed", 550, "5.1.1", "No such user here"
	case n < 8 && fresh:
		state, code, status, text, next = "retrying", 451, "4.7.1", "Greylisted, try again later", at+3_600_000*49
	case n < 10 && fresh:
		state, code, status, text = "held", 0, "", ""
	}
	return []row{
		{"relay_message", []any{queue, "reports@example.org", 2048, at + 1000}},
		{"relay_recipient", []any{queue, contact, contact[strings.IndexByte(contact, '@')+1:], state, 1, next, code, status, text, at + 5000}},
	}
}

// replies come to every second complaint; answered and people are what the
// message keeps of them.
func replies(r *rand.Rand, i int, digest, incident, contact string, at, now int64) (back []row, answered any, people int) {
	kind, ticket, class, reason, status := "auto-reply", "", "", "", ""
	n := r.IntN(100)
	received := at + int64(r.IntN(48))*3_600_000 + 60_000
	switch {
	case n < 50 || received > now:
		return nil, nil, 0
	case n < 85:
		kind, ticket = "ticket", fmt.Sprint("T", 100000+i)
	case n < 92:
		kind, people = "reply", 1
	case n < 94:
		kind, class, reason, status = "bounce", "soft", "mailbox full", "4.2.2"
	}
	if kind != "bounce" {
		answered = received
	}
	return []row{{"reply", []any{
		"reply " + digest, digest, kind, class, reason, status, "", "", ticket, "", contact, "Re: Spam [" + incident + "]", received, received, "",
	}}}, answered, people
}
