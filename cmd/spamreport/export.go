package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/internal/store"
	"spamreport/internal/term"
)

// exports are what can be taken out, by the word on the command line.
var exports = map[string]func(context.Context, *store.Store, time.Time, func(any) error) error{
	"messages":   exportMessages,
	"complaints": exportComplaints,
	"replies":    exportReplies,

	"deliveries":          exportDeliveries,
	"bounces":             exportBounces,
	"complaints-received": exportComplaintsReceived,
	"suppressions":        exportSuppressions,
}

func (a *app) exportCommand() *cobra.Command {
	var asCSV bool
	var since string
	cmd := &cobra.Command{
		Use:   "export messages|complaints|replies|deliveries|bounces|complaints-received|suppressions",
		Short: "Write the ledger or the relay's account as CSV, or with --json as one JSON object a line",
		Long: `export writes everything that was seen (messages), filed (complaints) or came back
(replies); and of the relay what became of each recipient (deliveries), what was not
taken (bounces), what people called spam (complaints-received), and who is not written to
(suppressions): CSV with a line of headings, or with --json one object a line. Cells that
a spreadsheet would take for a formula begin with an apostrophe.`,
		ValidArgs: slices.Sorted(maps.Keys(exports)),
		Args:      args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		RunE: func(cmd *cobra.Command, what []string) error {
			if asCSV && a.json {
				return &statusError{exitUsage, errors.New("--csv and --json exclude each other")}
			}
			from, err := parseSince(since, time.Now())
			if err != nil {
				return &statusError{exitUsage, err}
			}
			return a.withStore(cmd, func(p *parts) error {
				return exported(a.stdout, a.json, func(row func(any) error) error {
					return exports[what[0]](cmd.Context(), p.store, from, row)
				})
			})
		},
	}
	cmd.Flags().BoolVar(&asCSV, "csv", false, "write CSV (the default)")
	cmd.Flags().StringVar(&since, "since", "", "only since a date (2026-01-02) or within an age (7d, 12h)")
	return cmd
}

// exported writes the rows that each yields.
func exported(w io.Writer, asJSON bool, each func(row func(any) error) error) error {
	if asJSON {
		return each(func(doc any) error { return contract.Write(w, doc) })
	}
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
		cells = append(cells, notAFormula(term.Safe(fmt.Sprint(value.Interface()))))
	}
	return names, cells
}

func exportMessages(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	history, err := s.History(ctx, store.HistoryFilter{Since: since, Messages: true})
	for _, h := range history {
		if err := row(newHistory(h)); err != nil {
			return err
		}
	}
	return err
}

func exportComplaints(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	history, err := s.History(ctx, store.HistoryFilter{Since: since})
	for _, h := range history {
		if h.Complaint == nil || h.Filed.IsZero() {
			continue
		}
		if err := row(newFiled(h)); err != nil {
			return err
		}
	}
	return err
}

func exportReplies(ctx context.Context, s *store.Store, since time.Time, row func(any) error) error {
	replies, err := s.Replies(ctx, "")
	for _, r := range replies {
		if r.Received.Before(since) {
			continue
		}
		if err := row(newCameBack(r)); err != nil {
			return err
		}
	}
	return err
}
