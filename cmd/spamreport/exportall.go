package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"spamreport/internal/store"
)

// exportAll writes every row of every table, one JSON object a line:
// {"table":"message","row":{"digest":"…"}}. Octets are in base64, times are
// milliseconds since 1970. It calls written for each.
func exportAll(ctx context.Context, s *store.Store, w io.Writer, written func()) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err := s.Everything(ctx, func(t store.Table) error {
		return t.Rows(func(values []any) error {
			written()
			row := make(map[string]any, len(values))
			for i, column := range t.Columns {
				row[column] = values[i]
			}
			return lines.Encode(struct {
				Table string         `json:"table"`
				Row   map[string]any `json:"row"`
			}{t.Name, row})
		})
	})
	return errors.Join(err, out.Flush())
}
