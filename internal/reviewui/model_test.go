package reviewui

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"spamreport/complaint"
	"spamreport/headers"
)

// raw is a complaint as the composer frames one.
const raw = "From: <me@example.org>\r\nTo: abuse@isp.example\r\nSubject: Spam\r\nMessage-ID: <a@example.org>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n" +
	"--=_b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: 7bit\r\n\r\nDear desk,\r\n\r\nplease look.\r\n\r\n" +
	"--=_b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" +
	"Received: from dyn.example.net (dyn.example.net [192.0.2.7])\r\n\tby mx.example.org with ESMTP id 1; Tue, 24 Nov 2026 07:00:00 +0000\r\nFrom: x@x.example\r\nSubject: win\r\n\r\nwin\r\n\r\n" +
	"--=_b--\r\n"

func entry(n int, contact, subject string) complaint.Entry {
	return complaint.Entry{
		Digest: fmt.Sprintf("digest%d", n), Subject: subject, From: "x@x.example", Source: netip.MustParseAddr("192.0.2.7"),
		Network: "EXAMPLE-NET", Contact: contact, Action: complaint.Held, Why: "waits for approval", Copies: n,
		Seen: time.Date(2026, 11, 24, 7, 0, n, 0, time.UTC),
		Complaint: &complaint.Complaint{
			Incident: fmt.Sprintf("SR-0000-000%d", n), MessageID: "<a@example.org>", From: "me@example.org", To: []string{contact},
			Subject: "Spam from 192.0.2.7", Format: "text", Text: "Dear desk,\n\nplease look.\n", Raw: []byte(raw),
		},
	}
}

func three() []complaint.Entry {
	return []complaint.Entry{
		entry(1, "abuse@isp.example", "Win a car"), entry(2, "abuse@host.example", "Cheap pills"), entry(3, "Abuse@ISP.example", "Win a house"),
	}
}

// ledger notes what is done, and fails when told to.
type ledger struct {
	held []complaint.Entry
	did  []string
	fail map[string]bool
}

func (l *ledger) do(what, which string) error {
	if l.fail[which] {
		return errors.New(which + " cannot be done")
	}
	l.did = append(l.did, what+" "+which)
	return nil
}

func (l *ledger) Held(context.Context) ([]complaint.Entry, error) { return l.held, nil }
func (l *ledger) Approve(_ context.Context, e complaint.Entry) error {
	return l.do("approve", e.Complaint.Incident+" "+strings.Fields(e.Complaint.Text)[0])
}

func (l *ledger) Drop(_ context.Context, e complaint.Entry) error {
	return l.do("drop", e.Complaint.Incident)
}

func (l *ledger) Never(_ context.Context, contact string) (int, error) {
	return 0, l.do("never", contact)
}

func (l *ledger) Reword(_ context.Context, e complaint.Entry) error {
	return l.do("reword", e.Complaint.Incident)
}

func walk(spam []byte) (headers.Verdict, error) {
	block, err := headers.ReadBlock(strings.NewReader(string(spam)))
	if err != nil {
		return headers.Verdict{}, err
	}
	return (&headers.Walker{}).Walk(block), nil
}

func model(l *ledger) Model {
	return New(context.Background(), Options{Ledger: l, Walk: walk, Editor: "true", Reword: complaint.Complaint.WithText}, l.held)
}

// key makes the message of a key by its name.
func key(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "space": tea.KeySpace, "down": tea.KeyDown, "up": tea.KeyUp, "tab": tea.KeyTab,
		"pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "end": tea.KeyEnd,
	}
	switch code, ok := special[name]; {
	case name == "ctrl+c":
		return tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	case name == "space":
		return tea.KeyPressMsg{Code: code, Text: " "}
	case ok:
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// play sends keys, and runs every command at once. Whether the review has
// ended is said, too.
func play(t *testing.T, m Model, keys ...string) (Model, bool) {
	t.Helper()
	over := false
	for _, k := range keys {
		var msg tea.Msg = key(k)
		for msg != nil {
			next, cmd := m.Update(msg)
			m, msg = next.(Model), nil
			if cmd != nil {
				msg = cmd()
			}
			if _, over = msg.(tea.QuitMsg); over {
				return m, true
			}
		}
	}
	return m, over
}

func incidents(list []complaint.Entry) string {
	var all []string
	for _, e := range list {
		all = append(all, e.Complaint.Incident[len("SR-0000-000"):])
	}
	return strings.Join(all, " ")
}

func TestKeysDoWhatTheHelpSays(t *testing.T) {
	for name, tc := range map[string]struct {
		keys    string
		did     []string
		waiting string
		news    string // part of it
		over    bool
	}{
		"a approves the one under the cursor":           {"j a", []string{"approve SR-0000-0002 Dear"}, "1 3", "queued", false},
		"d drops it":                                    {"down d", []string{"drop SR-0000-0002"}, "1 3", "dropped", false},
		"the cursor stays within the list":              {"j j j j j k a", []string{"approve SR-0000-0002 Dear"}, "1 3", "", false},
		"G and g go to the ends":                        {"G a g d", []string{"approve SR-0000-0003 Dear", "drop SR-0000-0001"}, "2", "", false},
		"enter reads, a approves what is read":          {"j enter a", []string{"approve SR-0000-0002 Dear"}, "1 3", "", false},
		"tab reads the next one":                        {"enter tab d", []string{"drop SR-0000-0002"}, "1 3", "", false},
		"who reads one means that one":                  {"space enter a", []string{"approve SR-0000-0002 Dear"}, "1 3", "", false},
		"marked ones need a yes":                        {"space space a", nil, "1 2 3", "", false},
		"no is no":                                      {"space space a n", nil, "1 2 3", "nothing was done", false},
		"yes is yes for all marked":                     {"space space a y", []string{"approve SR-0000-0001 Dear", "approve SR-0000-0002 Dear"}, "3", "", false},
		"unmarking unmarks":                             {"space k space d", []string{"drop SR-0000-0002"}, "1 3", "", false},
		"A approves all after a yes":                    {"A y", []string{"approve SR-0000-0001 Dear", "approve SR-0000-0002 Dear", "approve SR-0000-0003 Dear"}, "", "", false},
		"A without a yes does nothing":                  {"A enter", nil, "1 2 3", "", false},
		"n asks, and drops all of the contact's":        {"n y", []string{"never abuse@isp.example"}, "2", "never mailed again", false},
		"n without a yes does nothing":                  {"n n", nil, "1 2 3", "", false},
		"the filter bounds A":                           {"/ w i n space h o u s e enter A y", []string{"approve SR-0000-0003 Dear"}, "1 2", "", false},
		"what the filter hides is not acted on":         {"space / p i l l s enter d", []string{"drop SR-0000-0002"}, "1 3", "", false},
		"backspace takes a letter of the filter":        {"/ p i x backspace enter d", []string{"drop SR-0000-0002"}, "1 3", "", false},
		"esc shows all":                                 {"/ p i l l s enter esc d", []string{"drop SR-0000-0001"}, "2 3", "", false},
		"nothing matches, nothing happens":              {"/ z z enter a d n A e", nil, "1 2 3", "", false},
		"other keys do nothing":                         {"x", nil, "1 2 3", "? shows the keys", false},
		"a key ends the help":                           {"? a d", []string{"drop SR-0000-0001"}, "2 3", "", false},
		"q leaves":                                      {"q", nil, "1 2 3", "", true},
		"q goes back first":                             {"enter q", nil, "1 2 3", "", false},
		"ctrl+c leaves from a page":                     {"enter ctrl+c", nil, "1 2 3", "", true},
		"ctrl+c leaves from a question":                 {"A ctrl+c", nil, "1 2 3", "", true},
		"the last one gone, the page closes":            {"enter d d d a q", []string{"drop SR-0000-0001", "drop SR-0000-0002", "drop SR-0000-0003"}, "", "", true},
		"R reads the list again":                        {"d R", []string{"drop SR-0000-0001"}, "1 2 3", "", false},
		"raw is for reading":                            {"r", nil, "1 2 3", "? shows", false},
		"pages are turned without leaving their bounds": {"enter pgdown pgdown end space up r pgdown esc a", []string{"approve SR-0000-0001 Dear"}, "2 3", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			l := &ledger{held: three()}
			m, over := play(t, model(l), strings.Fields(tc.keys)...)
			if diff := cmp.Diff(tc.did, l.did); diff != "" {
				t.Errorf("done: %s", diff)
			}
			if got := incidents(m.waiting); got != tc.waiting {
				t.Errorf("waiting: %s, want %s", got, tc.waiting)
			}
			if !strings.Contains(m.news, tc.news) {
				t.Errorf("news %q, want %q", m.news, tc.news)
			}
			if over != tc.over {
				t.Errorf("over: %v", over)
			}
		})
	}
}

// Keys come faster than the ledger answers: none is lost, none hits twice.
func TestKeysDoNotWaitForTheLedger(t *testing.T) {
	l := &ledger{held: three()}
	var m tea.Model = model(l)
	var cmds []tea.Cmd
	for _, k := range []string{"a", "d", "q"} {
		next, cmd := m.Update(key(k))
		m = next
		if cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	if len(cmds) != 1 {
		t.Fatalf("%d commands at once", len(cmds))
	}
	over := false
	for cmd := cmds[0]; cmd != nil && !over; {
		msg := cmd()
		if _, over = msg.(tea.QuitMsg); !over {
			m, cmd = m.Update(msg)
		}
	}
	if want := []string{"approve SR-0000-0001 Dear", "drop SR-0000-0002"}; !over || !slices.Equal(l.did, want) {
		t.Errorf("over %v, done %v", over, l.did)
	}
}

func TestWhatFailsComesBackWithTheReason(t *testing.T) {
	l := &ledger{held: three(), fail: map[string]bool{"SR-0000-0001": true}}
	m, _ := play(t, model(l), "space", "space", "d", "y")
	if got := incidents(m.waiting); got != "1 2 3" { // as the ledger has it
		t.Errorf("waiting %s", got)
	}
	if !m.bad || !strings.Contains(m.news, "SR-0000-0001 cannot be done") || len(m.result.Problems) != 1 || m.result.Dropped != 1 {
		t.Errorf("news %q, result %+v", m.news, m.result)
	}
}

func TestAnEditedTextIsWhatIsApproved(t *testing.T) {
	l := &ledger{held: three()}
	m := model(l)
	m.options.Editor = "sed -i 1s/Dear/Hello/"
	m = edit(t, m)
	if got := m.waiting[0].Complaint; !strings.HasPrefix(got.Text, "Hello desk") || !strings.Contains(string(got.Raw), "\r\nHello desk,\r\n") {
		t.Fatalf("the text is %q, the news %q", got.Text, m.news)
	}
	if l.held[0].Complaint.Text[:4] != "Dear" {
		t.Error("the entry of before was changed")
	}
	play(t, m, "a")
	if want := []string{"reword SR-0000-0001", "approve SR-0000-0001 Hello"}; !slices.Equal(l.did, want) {
		t.Errorf("done %v", l.did)
	}
}

// edit presses e and does what the loop would: run the editor.
func edit(t *testing.T, m Model) Model {
	t.Helper()
	e, _ := m.current()
	text := e.Complaint.Text
	if refused, ok := m.drafts[e.Digest]; ok {
		text = refused
	}
	draft, err := NewDraft(m.options.Editor, text)
	if err != nil {
		t.Fatal(err)
	}
	failed := draft.Command().Run()
	text, err = draft.Take()
	next, cmd := m.Update(edited{e, text, errors.Join(failed, err)})
	for cmd != nil {
		next, cmd = next.Update(cmd())
	}
	return next.(Model)
}

func TestATextThatCannotBeSentIsKeptForTheNextTry(t *testing.T) {
	l := &ledger{held: three()}
	m := model(l)
	m.options.Editor = `printf 'Hello \033[2J\n' >`
	m = edit(t, m)
	if !m.bad || !strings.Contains(m.news, "U+001B") || len(l.did) != 0 || m.waiting[0].Complaint.Text[:4] != "Dear" {
		t.Fatalf("news %q, done %v", m.news, l.did)
	}
	m.options.Editor = `sed -i 's/\x1b.*//'`
	m = edit(t, m)
	if m.bad || m.waiting[0].Complaint.Text != "Hello\n" || len(m.drafts) != 0 {
		t.Errorf("news %q, text %q", m.news, m.waiting[0].Complaint.Text)
	}
}

func TestAnEditorThatFailsChangesNothing(t *testing.T) {
	l := &ledger{held: three()}
	m := edit(t, model(l)) // true(1) leaves it as it was
	if m.bad || m.news != "the text is as it was" || len(l.did) != 0 {
		t.Errorf("news %q, done %v", m.news, l.did)
	}
	m.options.Editor = "exit 3;"
	m = edit(t, m)
	if !m.bad || len(l.did) != 0 || m.waiting[0].Complaint.Text[:4] != "Dear" {
		t.Errorf("news %q, done %v", m.news, l.did)
	}
}

func TestTheEditorIsTheOneThatPeopleHaveChosen(t *testing.T) {
	for _, tc := range []struct{ visual, editor, want string }{
		{"emacs -nw", "ed", "emacs -nw"}, {" ", "ed", "ed"}, {"", "", "vi"},
	} {
		env := map[string]string{"VISUAL": tc.visual, "EDITOR": tc.editor}
		if got := Editor(func(name string) string { return env[name] }); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

// The ledger's answer is older than what was done meanwhile.
func TestAListThatIsOutOfDateIsReadAgain(t *testing.T) {
	l := &ledger{held: three()}
	next, read := model(l).Update(key("R"))
	old := read()
	m, _ := play(t, next.(Model), "a")
	l.held = l.held[1:]
	next, read = m.Update(old)
	if got := incidents(next.(Model).waiting); got != "2 3" || read == nil {
		t.Fatalf("waiting %s", got)
	}
	next, read = next.Update(read())
	if got := incidents(next.(Model).waiting); got != "2 3" || read != nil {
		t.Errorf("waiting %s", got)
	}
}
