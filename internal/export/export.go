// Package export writes what a store holds as documents for scripts: CSV with a
// line of headings, or one JSON object a line. The command and the page hand
// out the same.
package export

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"spamreport/internal/contract"
	"spamreport/internal/store"
	"spamreport/internal/term"
)

// kinds are what can be taken out, by name.
var kinds = map[string]func(context.Context, *store.Store, time.Time, func(any) error) error{
	"messages":   messages,
	"complaints": complaints,
	"replies":    replies,

	"deliveries":          deliveries,
	"bounces":             bounces,
	"complaints-received": complaintsReceived,
	"suppressions":        suppressions,
}

// Names are the names of what can be taken out.
func Names() []string { return slices.Sorted(maps.Keys(kinds)) }

// Rows yields every document of a kind that is not older than since.
func Rows(ctx context.Context, s *store.Store, kind string, since time.Time, row func(doc any) error) error {
	each, known := kinds[kind]
	if !known {
		return fmt.Errorf("there is no export of %q (there are: %s)", kind, strings.Join(Names(), ", "))
	}
	return each(ctx, s, since, row)
}

// JSON writes one object a line.
func JSON(w io.Writer, each func(row func(any) error) error) error {
	return each(func(doc any) error { return contract.Write(w, doc) })
}

// CSV writes a table. Spam wrote some of its cells: what a terminal would obey
// is replaced, and what a spreadsheet would compute begins with an apostrophe.
func CSV(w io.Writer, each func(row func(any) error) error) error {
	out, headed := csv.NewWriter(w), false
	err := each(func(doc any) error {
		names, cells := columns(doc)
		if !headed {
			headed = true
			if err := out.Write(names); err != nil {
				return err
			}
		}
		return out.Write(cells)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}

// columns makes a row of a document, under the names that it has in JSON.
func columns(doc any) (names, cells []string) {
	for field, value := range reflect.ValueOf(doc).Fields() {
		if field.Anonymous { // as JSON does it
			n, c := columns(value.Interface())
			names, cells = append(names, n...), append(cells, c...)
			continue
		}
		names = append(names, field.Tag.Get("json"))
		cells = append(cells, Cell(fmt.Sprint(value.Interface())))
	}
	return names, cells
}

// Cell makes a text harmless in a table that a spreadsheet opens.
func Cell(text string) string {
	text = term.Safe(text)
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// chunk is how many messages are in memory at once.
const chunk = 500

func history(ctx context.Context, s *store.Store, f store.HistoryFilter, row func(store.HistoryRow) error) error {
	f.Limit = chunk
	for {
		page, more, err := s.Page(ctx, f)
		if err != nil {
			return err
		}
		for _, h := range page {
			if err := row(h); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		last := page[len(page)-1]
		f.Below = store.Position{Seen: last.Seen, Digest: last.Digest}
	}
}

func messages(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	return history(ctx, s, store.HistoryFilter{Since: since, Messages: true}, func(h store.HistoryRow) error { return row(Message(h)) })
}

func complaints(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	filed := store.HistoryFilter{Since: since, Search: store.Search{Filed: true}}
	return history(ctx, s, filed, func(h store.HistoryRow) error {
		if h.Complaint == nil {
			return nil
		}
		return row(Complaint(h))
	})
}

func replies(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	all, err := s.Replies(ctx, "")
	for _, r := range all {
		if r.Received.Before(since) {
			continue
		}
		if err := row(Reply(r)); err != nil {
			return err
		}
	}
	return err
}
