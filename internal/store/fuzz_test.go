package store_test

import (
	"testing"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

// Whatever somebody types into the search, it is looked for as it stands.
func FuzzSearch(f *testing.F) {
	s := storetest.New(f, store.Options{})
	for _, text := range []string{"invoice", "192.0.2.7", "192.0.2.0/24", "SR-7K3F-9Q2M", "%", "_", `\`, `\%`, "' OR 1=1 --", "\x00", "\xff", "a b"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, text, country string) {
		filter := store.HistoryFilter{Limit: 10, Search: store.Search{Text: text, Prefix: text, Country: country, Below: store.Position{Digest: text}}}
		if rows, _, err := s.Page(t.Context(), filter); err != nil || len(rows) > 0 {
			t.Errorf("%q finds %d rows in an empty ledger: %v", text, len(rows), err)
		}
	})
}
