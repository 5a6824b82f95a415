package web

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"time"

	"spamreport/internal/export"
)

// downloadTime is how long a download may take: a large ledger over a slow
// line is more than a page.
const downloadTime = 10 * time.Minute

// download hands out what `spamreport export` writes.
func (s *Site) download(v *visit) error {
	kind, isCSV := strings.CutSuffix(v.r.PathValue("file"), ".csv")
	if !isCSV || !slices.Contains(export.Names(), kind) {
		return errNotFound
	}
	// The server may not be able to: then the ordinary limit stays.
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(downloadTime))
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="spamreport-`+kind+`.csv"`)
	out := bufio.NewWriter(v.w)
	err := export.CSV(out, func(row func(any) error) error {
		return export.Rows(v.r.Context(), s.Store, kind, time.Time{}, row)
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		// Half a table must not look like a whole one.
		s.Log.Warn("a download broke off", "what", kind, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
