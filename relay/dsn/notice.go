package dsn

import (
	"slices"
	"strings"
	"time"
)

// Action is what became of a recipient (RFC 3464 §2.3.3).
type Action string

// The actions.
const (
	Failed  Action = "failed"
	Delayed Action = "delayed"
	Relayed Action = "relayed"
)

// DelayAfter is how old a message is when its sender is told that it waits.
const DelayAfter = 4 * time.Hour

// MaxReturned is how many octets of a message go back.
const MaxReturned = 64 << 10

// words are those of NOTIFY (RFC 3461 §4.1).
var words = map[Action]string{Failed: "FAILURE", Delayed: "DELAY", Relayed: "SUCCESS"}

// Wanted reports whether a sender that said this with NOTIFY is to be told.
func Wanted(notify string, a Action) bool {
	if notify == "" {
		return a == Failed
	}
	return slices.Contains(list(notify), words[a])
}

// Without is NOTIFY once the sender was told.
func Without(notify string, a Action) string {
	left := slices.DeleteFunc(list(notify), func(w string) bool { return w == words[a] })
	if len(left) == 0 {
		return "NEVER"
	}
	return strings.Join(left, ",")
}

func list(notify string) []string {
	all := strings.Split(strings.ToUpper(notify), ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// Notice is a notification to be written.
type Notice struct {
	ID         string // of the notice; unique
	Host       string // who reports: the name of this host
	To         string // the reverse-path of the message; never empty
	EnvelopeID string // ENVID, if there was one
	Queued     time.Time
	Now        time.Time
	Message    []byte // as it was accepted, with CRLF line endings
	Full       bool   // RET=FULL
	UTF8       bool   // the message needs SMTPUTF8
	Recipients []Recipient
}

// Recipient is one that the sender is told about.
type Recipient struct {
	Address  string
	Original string // ORCPT as "type;address", if there was one
	Action   Action
	Code     int    // of the reply; 0 when no server said anything
	Status   string // enhanced code of the reply
	Text     string
	Until    time.Time // Delayed: when it is given up
}

// status is the code of the report (RFC 3464 §2.3.4), which must be there.
func (r Recipient) status() string {
	switch {
	case r.Action == Relayed:
		return "2.0.0"
	case r.Status != "":
		return r.Status
	case r.Code/100 == 5:
		return "5.0.0"
	case r.Code == 0 && r.Action == Failed:
		return "4.4.7" // RFC 3463 §3.5: waited too long
	}
	return "4.0.0"
}
