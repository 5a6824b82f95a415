package export_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"spamreport/internal/export"
)

// Whatever a cell says, a spreadsheet computes nothing, and the table keeps its
// columns and rows.
func FuzzCell(f *testing.F) {
	for _, text := range []string{"plain", "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "a,b\nc", `"=1"`, "\u202e=1", " =1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		type document struct {
			First  string `json:"first"`
			Second string `json:"second"`
		}
		var out bytes.Buffer
		err := export.CSV(&out, func(row func(any) error) error { return row(document{text, "last"}) })
		if err != nil {
			t.Fatal(err)
		}
		table, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(table) != 2 || len(table[1]) != 2 || table[1][1] != "last" {
			t.Fatalf("%q makes the table %q (%v)", text, table, err)
		}
		if cell := table[1][0]; cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			t.Errorf("%q is the cell %q", text, cell)
		}
	})
}
