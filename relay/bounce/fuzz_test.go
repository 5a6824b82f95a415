package bounce

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzClassify(f *testing.F) {
	_, cases := replyCases(f)
	for _, c := range cases {
		f.Add(c.code, c.enhanced, c.text)
	}
	f.Add(550, "", strings.Repeat("user@", 400))
	f.Fuzz(func(t *testing.T, code int, enhanced, text string) {
		v := Classify(code, enhanced, text)
		if v != Classify(code, enhanced, text) {
			t.Fatal("another verdict the second time")
		}
		if v.Class != v.Reason.Class() || (v.Class == Unknown) != (v.Rule == "") {
			t.Fatalf("%+v does not agree with itself", v)
		}
		if v.Help != "" && (!utf8.ValidString(v.Help) || strings.ContainsAny(v.Help, " <>\x1b\r\n")) {
			t.Fatalf("%q is no link", v.Help)
		}
	})
}

func FuzzRead(f *testing.F) {
	_, cases := messageCases(f)
	for _, c := range cases {
		f.Add(c.message)
	}
	f.Add(nested(20))
	f.Fuzz(func(t *testing.T, message string) {
		r, err := Read(strings.NewReader(message))
		if err != nil {
			t.Fatal(err)
		}
		again, _ := Read(strings.NewReader(message))
		if !reflect.DeepEqual(r, again) {
			t.Fatal("another reading the second time")
		}
		lines := append([]string{r.Recipient, r.Status, r.OriginalMessageID, r.Ticket, r.Form, r.Clues.Own}, r.Clues.Answers...)
		for _, s := range append(lines, r.Clues.Incidents...) {
			if !utf8.ValidString(s) || len(s) > maxField || strings.ContainsAny(s, "\r\n") {
				t.Fatalf("%q is not one line", s)
			}
		}
		if (r.Kind == Bounced) != (r.Verdict.Class != "") {
			t.Fatalf("%s has the class %q", r.Kind, r.Verdict.Class)
		}
	})
}
