package term_test

import (
	"bytes"
	"strings"
	"testing"

	"spamreport/internal/term"
	"spamreport/lookup"
)

func TestFieldsStayInTheirColumn(t *testing.T) {
	const why = "a registry, which does not run the network müller-straße.example.net 漢字漢字漢字"
	for name, tc := range map[string]struct {
		width int
		want  []string
	}{
		"in a file": {0, []string{"  not mailed a@b.example: " + why}},
		"on a wide terminal": {200, []string{
			"  not mailed a@b.example: " + why,
		}},
		"on a narrow one": {50, []string{
			"  not mailed a@b.example: a registry, which does",
			"             not run the network",
			"             müller-straße.example.net",
			"             漢字漢字漢字",
		}},
		"on one with no room at all": {20, []string{"  not mailed a@b.example: " + why}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			term.Printer{W: &out, Width: tc.width}.Lookup(lookup.Result{Rejected: []lookup.Rejected{{Email: "a@b.example", Why: why}}})
			_, got, _ := strings.Cut(out.String(), "\n") // the network
			if want := strings.Join(tc.want, "\n") + "\n"; got != want {
				t.Errorf("printed\n%swant\n%s", got, want)
			}
		})
	}
}
