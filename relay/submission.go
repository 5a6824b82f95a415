package relay

import "time"

// Envelope is the SMTP envelope (RFC 5321 §2.3.1). An empty From is the null
// reverse-path.
type Envelope struct {
	From string
	To   []string
}

// Submission is a message on its way into the queue.
type Submission struct {
	ID       string // queue id, made by NewID
	Envelope Envelope
	Message  []byte // RFC 5322 with CRLF line endings, sent as it is
	Queued   time.Time
}
