package mailbox

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-mbox"
)

func TestFromLinesAreToldFromText(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct{ from, dated bool }{
		"From a@b Mon Jan  2 15:04:05 2006":                      {true, true},
		"From - Mon Jan  2 15:04:05 2006":                        {true, true}, // Thunderbird
		"From MAILER-DAEMON Mon Jan  2 15:04 2006":               {true, true},
		"From a@b Mon Jan  2 15:04:05 +0100 2006":                {true, true},
		"From 1234@xxx Mon Jan 02 15:04:05 +0000 2006":           {true, true}, // Google Takeout
		"From a@b Mon Jan  2 15:04:05 CET 2006 remote from uucp": {true, true},
		"From \"a b\"@c Mon Jan  2 9:04:05 2006\r\n":             {true, true},
		"From a@b":                                     {true, false},
		"From our family to yours":                     {true, false},
		"From 9:00 to 5:00 we are open":                {true, false},
		"From 2006 on, at 15:04":                       {true, false},
		"From now on, meet at 15:04 in 2006":           {true, true}, // the price
		"From : a@b":                                   {false, false},
		"From: Mon Jan  2 15:04:05 2006":               {false, true},
		"FROM a@b Mon Jan  2 15:04:05 2006":            {false, true},
		" From a@b Mon Jan  2 15:04:05 2006":           {false, true},
		"From\ta@b Mon Jan  2 15:04:05 2006":           {false, true},
		"From a@b Mon Jan  2 123:04:05 2006":           {true, false},
		"From a@b Mon Jan  2 15:04:05 20066":           {true, false},
		"From a@b Mon Jan  2 \xd9\xa1\xd9\xa5:04 2006": {true, false},
	} {
		if from, dated := isFromLine([]byte(line)), isDated([]byte(line)); from != want.from || dated != want.dated {
			t.Errorf("%q: From_ line %t, dated %t", line, from, dated)
		}
	}
}

func TestWhatAnotherProgramWroteIsReadBack(t *testing.T) {
	t.Parallel()
	messages := []string{letter, "Subject: y\n\nFrom me\n\n\nFrom 15:04 to 2006\n", "Subject: z\n\n" + strings.Repeat("long", 50_000) + "\n"}
	var file bytes.Buffer
	w := mbox.NewWriter(&file)
	for _, message := range messages {
		out, err := w.CreateMessage("a@example.org", time.Unix(1136214245, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for m, err := range Open(t.Context(), "-", FileOptions{Stdin: &file}) {
		// It writes two blank lines where one belongs.
		if err != nil || strings.TrimSuffix(string(m.Raw), "\n") != messages[n] || m.Digest != Digest([]byte(messages[n])) {
			t.Errorf("%s: %v, %.80q", m.Name, err, m.Raw)
		}
		n++
	}
	if n != len(messages) {
		t.Errorf("%d messages", n)
	}
}

func TestHostileMboxesAreOnlyText(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mbox  string
		items int
	}{
		"a Content-Length that lies":          {fromOne + "Content-Length: 999999\n\nbody\n\n" + fromOne + letter, 2},
		"a negative one":                      {fromOne + "Content-Length: -1\n\nbody\n\n" + fromOne + letter, 2},
		"a From_ line without end":            {"From " + strings.Repeat("x", 1<<20), 1},
		"a From_ line longer than the buffer": {"From " + strings.Repeat("x", 1<<20) + "\n" + letter + "\nFrom y\n" + letter, 2},
		"a line longer than the buffer":       {fromOne + strings.Repeat("x", 1<<20) + fromOne + letter, 1},
		"quoted From_ lines":                  {fromOne + letter + ">" + fromOne + ">>" + fromOne + letter, 1},
		"From_ lines only":                    {strings.Repeat(fromOne, 1000), 1000},
		"NUL":                                 {"From \x00 Mon Jan  2 15:04:05 2006\n\x00\n\n" + fromOne + "\x00", 2},
		"CR only":                             {strings.ReplaceAll(fromOne+letter+fromOne+letter, "\n", "\r"), 1},
	} {
		items := 0
		var last string
		for m, err := range Open(t.Context(), "-", FileOptions{Stdin: strings.NewReader(tt.mbox)}) {
			items++
			last = fmt.Sprint(len(m.Raw), err)
		}
		if items != tt.items {
			t.Errorf("%s: %d items, the last %s", name, items, last)
		}
	}
}
