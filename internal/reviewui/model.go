package reviewui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"spamreport/complaint"
	"spamreport/headers"
)

// Ledger is what is done to complaints. It has happened, on disk, when a
// method returns nil.
type Ledger interface {
	Held(ctx context.Context) ([]complaint.Entry, error)
	Approve(ctx context.Context, e complaint.Entry) error
	Drop(ctx context.Context, e complaint.Entry) error
	Never(ctx context.Context, contact string) (dropped int, err error)
	Reword(ctx context.Context, e complaint.Entry) error
}

// Options are what a review works with.
type Options struct {
	Ledger Ledger
	Walk   func(spam []byte) (headers.Verdict, error) // through the enclosed spam
	Editor string                                     // as in $VISUAL

	// Reword puts a text in the place of the letter; see complaint.Composer.
	Reword func(c complaint.Complaint, text string) (complaint.Complaint, error)

	Color bool
}

// Result is what a review came to.
type Result struct {
	Approved, Dropped, Edited int
	Never                     []string // contacts
	Problems                  []error
}

// mode is what the keys mean.
type mode int

const (
	listing mode = iota
	reading
	filtering
	asking
	helping
)

// Model is a review on the screen.
type Model struct {
	options Options
	ctx     context.Context // of the tasks: the loop that calls Update hands none on

	width, height int
	mode, before  mode // before: where a question, a filter or the help goes back to

	waiting []complaint.Entry
	cursor  int             // among those shown
	marked  map[string]bool // digests
	filter  string

	page   page
	scroll int  // lines of the page above the screen
	raw    bool // the message itself instead of the letter

	question question
	drafts   map[string]string // texts that were refused, by digest, to go on with
	news     string
	bad      bool // the news is that something failed

	tasks   []task // the first one runs
	ended   int    // of all tasks
	planned int    // since there was nothing to do
	stale   bool   // something failed: the list is not what it was thought to be
	editing bool   // the editor has the terminal, or is about to
	leaving bool   // as soon as nothing is under way
	result  Result
}

// New makes the model of a review of these complaints.
func New(ctx context.Context, o Options, held []complaint.Entry) Model {
	m := Model{options: o, ctx: ctx, width: 80, height: 24, waiting: held}
	return m.turned()
}

// Init implements tea.Model.
func (m Model) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := m.take(msg)
	return next.turned(), cmd
}

func (m Model) take(msg tea.Msg) (Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if msg.Width > 0 && msg.Height > 0 { // some terminals do not know theirs
			m.width, m.height = msg.Width, msg.Height
		}
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		if m.mode == filtering {
			m.filter += msg.Content
		}
	case finished:
		return m.finish(msg)
	case loaded:
		return m.load(msg)
	case opened:
		return m.opened(msg)
	case edited:
		return m.edited(msg)
	}
	return m, nil
}

// turned brings the cursor and the page in line with everything else.
func (m Model) turned() Model {
	shown := m.shown()
	m.cursor = max(0, min(m.cursor, len(shown)-1))
	if len(shown) == 0 {
		m.page, m.scroll = page{}, 0
		if m.mode == reading {
			m.mode = listing
		}
		return m
	}
	e := shown[m.cursor]
	key := pageKey{e.Digest, e.Complaint, m.width, m.raw}
	if m.page.key != key {
		if m.page.key.digest != key.digest || m.page.key.raw != key.raw {
			m.scroll = 0
		}
		m.page = m.write(e, key)
	}
	m.scroll = max(0, min(m.scroll, len(m.page.lines)-m.pageHeight()))
	return m
}

// current is the complaint under the cursor.
func (m Model) current() (complaint.Entry, bool) {
	shown := m.shown()
	if len(shown) == 0 {
		return complaint.Entry{}, false
	}
	return shown[m.cursor], true
}

func (m Model) say(news string) Model {
	m.news, m.bad = news, false
	return m
}

func (m Model) regret(err error) Model {
	m.news, m.bad = err.Error(), true
	return m
}
