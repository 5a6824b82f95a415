package followup

import (
	"bytes"
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/relay/bounce"
)

// Reply is a message that came back about a complaint.
type Reply struct {
	Digest    string // of the reply itself
	Complaint string // the ledger's name for the complaint: the digest of the spam
	Incident  string // of the complaint; set by the ledger

	Kind       bounce.Kind // never Other
	Class      bounce.Class
	Reason     bounce.Reason
	Status     string
	Diagnostic string
	Recipient  string // of a bounce: who was not reached
	Ticket     string
	URL        string // the desk's web form, or the page that a blocking server refers to
	From       string
	Subject    string
	Received   time.Time
	Recorded   time.Time // set by the ledger

	// Gone is the contact that proved not to exist, in lower case.
	Gone string
}

// Match is a complaint that replies are matched to.
type Match struct {
	Digest string // the ledger's name for it
	To     []string
	ByID   bool // found by its Message-ID, not by the incident alone
}

// Complaints finds what was filed.
type Complaints interface {
	// ComplaintOf finds the complaint that the clues lead to: by Message-ID first,
	// then by incident. The error is complaint.ErrUnknown when there is none.
	ComplaintOf(ctx context.Context, answers, incidents []string) (Match, error)
}

// ownID is a Message-ID of this program: a complaint that lies in the mailbox
// it came from, as a copy.
var ownID = regexp.MustCompile(`^<sr-[0-9a-z]{4}-[0-9a-z]{4}\.[0-9a-f]{20}@`)

// Read says what a message is and which complaint it belongs to. The error is
// complaint.ErrUnknown for what belongs to none.
func Read(ctx context.Context, m mailbox.Message, filed Complaints) (Reply, error) {
	read, err := bounce.Read(bytes.NewReader(m.Raw))
	switch {
	case err != nil:
		return Reply{}, err
	case ownID.MatchString(read.Clues.Own):
		return Reply{}, complaint.ErrUnknown
	}
	about, err := filed.ComplaintOf(ctx, read.Clues.Answers, read.Clues.Incidents)
	if err != nil {
		return Reply{}, err
	}
	r := newReply(m, read)
	r.Complaint = about.Digest
	r.Gone = about.gone(read)
	return r, nil
}

func newReply(m mailbox.Message, read bounce.Reply) Reply {
	r := Reply{
		Digest: m.Digest, Kind: read.Kind, Ticket: cut(read.Ticket), URL: cut(cmp.Or(read.Form, read.Verdict.Help)),
		From: cut(read.Clues.From), Subject: cut(read.Clues.Subject), Received: m.Received,
	}
	switch r.Kind {
	case bounce.Bounced:
		r.Class, r.Reason, r.Status = read.Verdict.Class, read.Verdict.Reason, read.Status
		r.Diagnostic, r.Recipient = cut(read.Diagnostic), cut(read.Recipient)
	case bounce.Other:
		// It names the incident, so somebody writes about it.
		r.Kind = bounce.Answer
	}
	return r
}

// gone is the contact that a bounce says does not exist. Of a complaint to one
// contact alone it need not say which.
func (f Match) gone(read bounce.Reply) string {
	if read.Kind != bounce.Bounced || read.Verdict.Class != bounce.Hard || !f.ByID {
		return ""
	}
	if read.Verdict.Reason == bounce.RelayDenied {
		return "" // our own smarthost wants a log-in
	}
	if read.Recipient == "" && len(f.To) == 1 {
		return strings.ToLower(f.To[0])
	}
	at := slices.IndexFunc(f.To, func(to string) bool { return strings.EqualFold(to, read.Recipient) })
	if at < 0 {
		return "" // somebody behind the contact's address
	}
	return strings.ToLower(f.To[at])
}

// maxKept bounds each text that is kept, in octets.
const maxKept = 500

func cut(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxKept)], "")
}
