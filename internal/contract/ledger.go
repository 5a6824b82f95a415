package contract

// History is one line of `spamreport history --json`.
type History struct {
	Seen      string `json:"seen"`
	Action    string `json:"action"`
	Why       string `json:"why"`
	MessageID string `json:"message_id"` // of the spam, as are subject and from
	Subject   string `json:"subject"`
	From      string `json:"from"`
	Source    string `json:"source"`
	Network   string `json:"network"` // name
	Prefix    string `json:"prefix"`
	Country   string `json:"country"`
	Contact   string `json:"contact"`
	Target    string `json:"target"`   // what is complained about: source, origin, link, registrar, …
	About     string `json:"about"`    // the address, host, domain or account; empty for the source
	Incident  string `json:"incident"` // of the complaint that speaks of it
	Copies    int    `json:"copies"`   // messages that its own complaint speaks of
	QueueID   string `json:"queue_id"`
	Delivery  string `json:"delivery"` // queued, retrying, held, delivered, failed, dropped
	Reply     string `json:"reply"`    // the last answer of the mail server

	Life
}

// Filed is one line of `spamreport export complaints`.
type Filed struct {
	Incident  string `json:"incident"`
	Filed     string `json:"filed"`
	Contact   string `json:"contact"`
	Target    string `json:"target"`
	About     string `json:"about"`
	To        string `json:"to"` // addresses, with blanks between them
	Subject   string `json:"subject"`
	Format    string `json:"format"`
	MessageID string `json:"message_id"`
	Source    string `json:"source"`
	Network   string `json:"network"`
	Prefix    string `json:"prefix"`
	Country   string `json:"country"`
	Copies    int    `json:"copies"`
	Delivery  string `json:"delivery"`
	Why       string `json:"why"`

	Life
}

// CameBack is one line of `spamreport export replies`.
type CameBack struct {
	Received   string `json:"received"`
	Incident   string `json:"incident"` // of the complaint
	Kind       string `json:"kind"`     // bounce, auto-reply, ticket, reply
	From       string `json:"from"`
	Subject    string `json:"subject"`
	Ticket     string `json:"ticket"`
	URL        string `json:"url"`
	Recipient  string `json:"recipient"` // of a bounce, as are those below
	Class      string `json:"class"`
	Reason     string `json:"reason"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnostic"`
	Gone       string `json:"gone"` // the contact that proved not to exist
}

// Life is what became of a complaint; all empty for a message without one.
type Life struct {
	State    string `json:"state"`     // filed, delivered, bounced, acknowledged, answered, resolved, ignored
	Ticket   string `json:"ticket"`    // the desk's number
	URL      string `json:"url"`       // its web form, or the page that a blocking server refers to
	Bounce   string `json:"bounce"`    // class and reason
	Replies  int    `json:"replies"`   // bounces included
	Answered string `json:"answered"`  // when the first answer came
	LastSpam string `json:"last_spam"` // when the network's last spam came
	Quiet    bool   `json:"quiet"`     // none came after the complaint
}

// Summary is the document of `spamreport status --json`: counts by name.
type Summary struct {
	Messages   map[string]int `json:"messages"`
	Further    map[string]int `json:"further"` // complaints about something else than the source
	Deliveries map[string]int `json:"deliveries"`
}

// Figure is one line of `spamreport status --by … --json`.
type Figure struct {
	By            string `json:"by"`   // network, contact, country
	Key           string `json:"key"`  // prefix, address or code; empty when unknown
	Name          string `json:"name"` // of a network
	Spam          int    `json:"spam"`
	Complaints    int    `json:"complaints"`
	Answers       int    `json:"answers"` // complaints that were answered
	People        int    `json:"people"`  // that a person answered
	MedianSeconds int64  `json:"median_seconds"`
	LastSpam      string `json:"last_spam"`
	QuietDays     int    `json:"quiet_days"`
}
