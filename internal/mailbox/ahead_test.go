package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
)

// headersOf drains an iteration that must not fail, and keeps what it brings.
func headersOf(t testing.TB, s *mailbox.Session, after uint32, opts mailbox.HeaderOptions) []mailbox.Message {
	t.Helper()
	var all []mailbox.Message
	for list, err := range s.Headers(t.Context(), after, opts) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			m.Raw = bytes.Clone(m.Raw)
			all = append(all, m)
		}
	}
	return all
}

func TestHeadersComeInOrderWithWhatIsKnownOfTheMessage(t *testing.T) {
	t.Parallel()
	const n = 1100
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Fill(t, servertest.DovecotUser, "Junk", n, spam)
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	if err := s.Mark(t.Context(), []uint32{7}); err != nil {
		t.Fatal(err)
	}
	all := headersOf(t, s, 3, mailbox.HeaderOptions{Dates: true})
	if len(all) != n-3 {
		t.Fatalf("%d headers", len(all))
	}
	for i, m := range all {
		uid := uint32(i + 4)
		header, _, _ := bytes.Cut(spam(int(uid)-1), []byte("\r\n\r\n"))
		want := mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: m.Place.UIDValidity, UID: uid}
		if m.Place != want || m.Name != fmt.Sprintf("Junk/%d", uid) || string(m.Raw) != string(header)+"\r\n\r\n" {
			t.Fatalf("message %d: %+v %q", uid, m, m.Raw)
		}
		if m.Size != int64(len(spam(int(uid)-1))) || !m.Truncated || m.Digest != "" || m.Reported != (uid == 7) || m.Received.IsZero() {
			t.Fatalf("message %d: %+v", uid, m)
		}
	}
	for _, m := range headersOf(t, s, n-1, mailbox.HeaderOptions{}) {
		if m.Place.UID != n || !m.Received.IsZero() {
			t.Errorf("without dates: %+v", m)
		}
	}
}

// TestOtherCommandsMayBeSentWhileHeadersAreOnTheirWay does what a sweep does:
// whole messages and marks in the loop over headers.
func TestOtherCommandsMayBeSentWhileHeadersAreOnTheirWay(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Fill(t, servertest.DovecotUser, "Junk", 60, spam)
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	seen := 0
	for list, err := range s.Headers(t.Context(), 0, mailbox.HeaderOptions{Most: 7}) {
		if err != nil {
			t.Fatal(err)
		}
		uids, sizes := []uint32{}, map[uint32]int64{}
		for _, m := range list {
			uids, sizes[m.Place.UID] = append(uids, m.Place.UID), m.Size
		}
		for m, err := range s.Fetch(t.Context(), uids, mailbox.FetchOptions{Sizes: sizes}) {
			if seen++; err != nil || m.Digest != mailbox.Digest(spam(seen-1)) {
				t.Fatalf("message %d: %v", seen, err)
			}
		}
		if err := s.Mark(t.Context(), uids); err != nil {
			t.Fatal(err)
		}
		for _, m := range list { // later ones came meanwhile
			header, _, _ := bytes.Cut(spam(int(m.Place.UID)-1), []byte("\r\n\r\n"))
			if string(m.Raw) != string(header)+"\r\n\r\n" {
				t.Fatalf("message %d: %q", m.Place.UID, m.Raw)
			}
		}
	}
	if seen != 60 {
		t.Errorf("%d messages", seen)
	}
	for range s.Headers(t.Context(), 0, mailbox.HeaderOptions{Most: 7}) {
		break // two more are on their way
	}
	if got := headersOf(t, s, 57, mailbox.HeaderOptions{}); len(got) != 3 || !got[2].Reported {
		t.Errorf("after a loop that was left: %+v", got)
	}
}

func TestHeadersOfMessagesDeletedMeanwhileAreLeftOut(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	d.Fill(t, servertest.DovecotUser, "Junk", 40, spam)
	s, other := dial(t, account(d)), dial(t, account(d))
	selectFolder(t, s, "Junk", false)
	selectFolder(t, other, "Junk", false)
	var got []uint32
	for list, err := range s.Headers(t.Context(), 0, mailbox.HeaderOptions{Most: 5}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			if err := other.Move(t.Context(), []uint32{29, 33}, "Sent"); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range list {
			got = append(got, m.Place.UID)
		}
	}
	if len(got) != 38 || slices.Contains(got, 29) || slices.Contains(got, 33) || !slices.IsSorted(got) {
		t.Errorf("%d: %v", len(got), got)
	}
}

func TestHugeHeadersComeInTurnsToo(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	header := []byte(strings.Repeat("X-Long: "+strings.Repeat("x", 900)+"\r\n", 600))
	d.Fill(t, servertest.DovecotUser, "Junk", 40, func(i int) []byte { return fmt.Appendf(nil, "X-N: %d\r\n%s\r\n", i, header) })
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", true)
	for i, m := range headersOf(t, s, 0, mailbox.HeaderOptions{}) {
		if int(m.Place.UID) != i+1 || !bytes.HasPrefix(m.Raw, fmt.Appendf(nil, "X-N: %d\r\n", i)) || len(m.Raw) < len(header) {
			t.Errorf("message %d: %d octets, %.20q", m.Place.UID, len(m.Raw), m.Raw)
		}
	}
}

// headerOf is the answer to a FETCH of one header block.
func headerOf(uid int, text string) string {
	return fmt.Sprintf("* %d FETCH (UID %d FLAGS () RFC822.SIZE 99 BODY[HEADER] {%d}\n%s)\n", uid, uid, len(text)+strings.Count(text, "\n"), text)
}

func TestHeadersOfOddServersAreRead(t *testing.T) {
	t.Parallel()
	all := headerOf(1, "a: 1\n\n") + headerOf(2, "a: 2\n\n") + headerOf(3, "a: 3\n\n")
	const first = "UID FETCH 1:3 &BODY.PEEK[HEADER]" // the sieve's own command
	for name, tt := range map[string]struct {
		script script
		want   []uint32
		raw    []uint32 // those of which a header came; nil: all
		err    error
	}{
		"as it should be":             {script: script{first: all + "% OK"}, want: []uint32{1, 2, 3}},
		"in another order":            {script: script{first: headerOf(3, "a") + headerOf(1, "a") + headerOf(2, "a") + "% OK"}, want: []uint32{1, 2, 3}},
		"unasked messages":            {script: script{first: headerOf(9, "a") + all + headerOf(4294967295, "a") + "% OK"}, want: []uint32{1, 2, 3}},
		"twice":                       {script: script{first: headerOf(2, "b") + all + "% OK"}, want: []uint32{1, 2, 3}},
		"flags told in between":       {script: script{first: "* 2 FETCH (FLAGS (\\Seen))\n* 2 FETCH (UID 2 FLAGS (\\Seen))\n" + all + "% OK"}, want: []uint32{1, 2, 3}},
		"news in between":             {script: script{first: "* 4 EXISTS\n* 0 RECENT\n" + all + "* OK [ALERT] {3}\n* 4 EXPUNGE\n% OK"}, want: []uint32{1, 2, 3}},
		"the text before the UID":     {script: script{first: "* 1 FETCH (BODY[HEADER] {4}\na: b UID 1)\n" + all + "% OK"}, want: []uint32{1, 2, 3}},
		"small letters":               {script: script{first: strings.NewReplacer("FETCH (UID", "fetch (uid", "BODY[HEADER]", "body[header]").Replace(all) + "% ok done"}, want: []uint32{1, 2, 3}},
		"a quoted header":             {script: script{first: `* 1 FETCH (UID 1 BODY[HEADER] "a: \"b\"")` + "\n" + all + "% OK"}, want: []uint32{1, 2, 3}},
		"what nobody asked for":       {script: script{first: "* 1 FETCH (UID 1 X-GM-LABELS (\"a)\" {2}\n)( (b NIL)) MODSEQ (12) BODY[HEADER.FIELDS (A B)] {3}\nabc BODY[HEADER] {1}\na)\n" + all + "% OK"}, want: []uint32{1, 2, 3}},
		"a tag of ours within a text": {script: script{first: headerOf(1, "a: \nH1 OK\n* BYE\n") + headerOf(2, "a") + headerOf(3, "a") + "% OK"}, want: []uint32{1, 2, 3}},
		"a size that is none":         {script: script{first: strings.Replace(all, "SIZE 99", "SIZE x", 1) + "% OK"}, err: mailbox.ErrTemporary},
		"a literal without an end":    {script: script{first: "* 1 FETCH (UID 1 BODY[HEADER] {99999}\nabc)\n% OK"}, err: mailbox.ErrTemporary},
		"a list without an end":       {script: script{first: "* 1 FETCH (UID 1 FLAGS (\n% OK"}, err: mailbox.ErrTemporary},
		"the connection ends":         {script: script{first: headerOf(1, "a") + "* BYE\n", " SEARCH UID 1:3": "* BYE"}, err: mailbox.ErrTemporary},
		"BAD":                         {script: script{first: "% BAD what"}, err: errAny},
		"NIL for what is gone":        {script: script{first: "* 1 FETCH (UID 1 BODY[HEADER] NIL)\n" + headerOf(3, "a") + "% OK", "SEARCH UID 1:2": "* SEARCH\n% OK"}, want: []uint32{3}},
		"NO for what is gone":         {script: script{first: headerOf(1, "a") + "% NO some are gone", "SEARCH UID 2:3": "* SEARCH\n% OK"}, want: []uint32{1}},
		"an empty header":             {script: script{first: headerOf(1, "") + headerOf(2, "a") + headerOf(3, "a") + "% OK"}, want: []uint32{1, 2, 3}, raw: []uint32{2, 3}},
		"one that it lists but not sends": {
			script: script{
				first: headerOf(1, "a") + headerOf(3, "a") + "% OK", "SEARCH UID 2": "* SEARCH 2\n% OK", " SEARCH UID 1:*": "* SEARCH 1 2 3\n% OK",
				"UID FETCH 2:3 &BODY.PEEK[HEADER]": headerOf(3, "a") + "% OK", "UID FETCH 2 &BODY.PEEK[HEADER]": "% OK", "UID FETCH 3 &BODY.PEEK[HEADER]": headerOf(3, "a") + "% OK",
			},
			want: []uint32{1, 2, 3}, raw: []uint32{1, 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got, raw []uint32
			var last error
			for list, err := range tt.script.open(t).Headers(t.Context(), 0, mailbox.HeaderOptions{}) {
				last = err
				for _, m := range list {
					got = append(got, m.Place.UID)
					if len(m.Raw) > 0 {
						raw = append(raw, m.Place.UID)
					}
				}
			}
			if tt.raw == nil {
				tt.raw = tt.want
			}
			if !slices.Equal(got, tt.want) || !slices.Equal(raw, tt.raw) {
				t.Errorf("messages %v, headers of %v", got, raw)
			}
			if (last == nil) != (tt.err == nil) || tt.err != nil && tt.err != errAny && !errors.Is(last, tt.err) {
				t.Errorf("last error %v, want %v", last, tt.err)
			}
		})
	}
}

func TestTheLibraryGoesOnAfterHeaders(t *testing.T) {
	t.Parallel()
	s := script{"UID FETCH 1:3 &BODY.PEEK[HEADER]": "* 7 EXISTS\n" + headerOf(1, "a") + headerOf(2, "a") + headerOf(3, "a") + "% OK"}.open(t)
	if got := headersOf(t, s, 0, mailbox.HeaderOptions{}); len(got) != 3 {
		t.Fatalf("%d headers", len(got))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Wait(ctx, time.Hour); err != nil {
		t.Errorf("the news in between were not heard: %v", err)
	}
}
