package mailbox

import (
	"fmt"
	"time"
)

// Message is one message of a mailbox or file.
type Message struct {
	Name      string    // what to call it: path, "path#3" in an mbox, "folder/uid" on IMAP, "-" for standard input
	Place     Place     // zero unless it lies in an IMAP folder
	Raw       []byte    // cut to Limits.Keep; without an mbox From_ line
	Size      int64     // whole size in octets; 0 when only the header was read and the server did not say it
	Truncated bool      // Raw is shorter than Size
	Digest    string    // identity, over the whole message, see Digest; empty when only the header was read
	Received  time.Time // when it came into the IMAP folder (INTERNALDATE); zero elsewhere
	Reported  bool      // it carries the keyword Reported already

	// ForwardedBy is who forwarded the message within another one, which is
	// what lies at Place.
	ForwardedBy string
}

// Enclosed is the nth message, from 1, that was found within m.
func (m Message) Enclosed(n int, raw []byte, forwardedBy string) Message {
	in := newIntake(Limits{})
	_, _ = in.Write(raw) // never fails
	inner, err := in.message(fmt.Sprintf("%s#%d", m.Name, n))
	if err != nil {
		inner.Digest = in.digest.sum() // empty; one of m's size is not too large
	}
	inner.Place, inner.Received, inner.Reported, inner.ForwardedBy = m.Place, m.Received, m.Reported, forwardedBy
	return inner
}

// Place says where in an IMAP account a message lies (RFC 9051 §2.3.1.1).
type Place struct {
	Account     string
	Folder      string
	UIDValidity uint32
	UID         uint32
}
