package submission

import "time"

// Limits bound what clients can take of the machine. Zero fields get the
// value of DefaultLimits.
type Limits struct {
	Sessions   int   // sessions at once
	PerAddress int   // of them from one address; loopback has no such limit
	Message    int64 // octets of a message
	InFlight   int64 // octets of all messages that are coming in
	Recipients int   // recipients of a message
	Commands   int   // commands without a message
	Errors     int   // refusals without a message, before the log-in
	Hashes     int   // passwords checked at once; each takes 19 MiB

	Login    time.Duration // from the connection to the log-in
	Idle     time.Duration // between commands
	Text     time.Duration // between two pieces of a message
	Patience time.Duration // for the end of a text that is refused already
	Write    time.Duration // for a reply to be taken
	Grace    time.Duration // for sessions to end when the server stops
}

// DefaultLimits are generous for people and small for machines. The times are
// those of RFC 5321 §4.5.3.2.
func DefaultLimits() Limits {
	return Limits{
		Sessions: 200, PerAddress: 20, Message: 35 << 20, InFlight: 256 << 20, Recipients: 100,
		Commands: 1000, Errors: 10, Hashes: 2,
		Login: time.Minute, Idle: 5 * time.Minute, Text: 3 * time.Minute, Patience: 5 * time.Second,
		Write: time.Minute, Grace: 7 * time.Second,
	}
}

// maxCommand is the longest command: 512 octets (RFC 5321 §4.5.3.1.4) and what
// extensions add; maxAuthLine the longest line of AUTH (RFC 4954 §4).
const (
	maxCommand  = 2048
	maxAuthLine = 12288
)

// setDefault fills a field that was left empty.
func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	setDefault(&l.Sessions, d.Sessions)
	setDefault(&l.PerAddress, d.PerAddress)
	setDefault(&l.Message, d.Message)
	setDefault(&l.InFlight, d.InFlight)
	setDefault(&l.Recipients, d.Recipients)
	setDefault(&l.Commands, d.Commands)
	setDefault(&l.Errors, d.Errors)
	setDefault(&l.Hashes, d.Hashes)
	setDefault(&l.Login, d.Login)
	setDefault(&l.Idle, d.Idle)
	setDefault(&l.Text, d.Text)
	setDefault(&l.Patience, d.Patience)
	setDefault(&l.Write, d.Write)
	setDefault(&l.Grace, d.Grace)
	return l
}
