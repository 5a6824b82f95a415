package contract

// Suppressed is one line of `spamreport relay suppress list --json`.
type Suppressed struct {
	Address string `json:"address"`
	Reason  string `json:"reason"` // hard, complaint, manual
	Source  string `json:"source"`
	Since   string `json:"since"`
	Expires string `json:"expires"` // empty: never
}

// RelayBounce is one line of `spamreport relay bounces --json`.
type RelayBounce struct {
	Time      string `json:"time"`
	ID        string `json:"id"` // queue id; empty when it is not known
	Recipient string `json:"recipient"`
	Class     string `json:"class"`
	Reason    string `json:"reason"`
	Rule      string `json:"rule"`
	State     string `json:"state"` // failed, retrying, returned (it came back as a message)
	Reply     string `json:"reply"`
	Help      string `json:"help"` // the page that the reply refers to
	Desk      string `json:"desk"` // of a block: who can lift it, and where to ask
	DeskURL   string `json:"desk_url"`
}

// Delivery is one line of `spamreport export deliveries --json`.
type Delivery struct {
	Time      string `json:"time"`
	ID        string `json:"id"`
	From      string `json:"from"`
	Submitter string `json:"submitter"`
	Recipient string `json:"recipient"`
	State     string `json:"state"`
	Attempts  int    `json:"attempts"`
	Size      int64  `json:"size"`
	Queued    string `json:"queued"`
	MessageID string `json:"message_id"`
	Reply     string `json:"reply"`
}

// ComplaintReceived is one line of `spamreport export complaints-received`.
type ComplaintReceived struct {
	Time      string `json:"time"`
	ID        string `json:"id"` // queue id of the mail; empty when it is not known
	Recipient string `json:"recipient"`
	Type      string `json:"type"` // RFC 5965 §7.3
	Reporter  string `json:"reporter"`
	Program   string `json:"program"`
}

// QueueItem is one line of `spamreport relay queue --json`.
type QueueItem struct {
	ID        string `json:"id"`
	From      string `json:"from"`
	Recipient string `json:"recipient"`
	Size      int64  `json:"size"`
	State     string `json:"state"`
	Attempts  int    `json:"attempts"`
	Queued    string `json:"queued"`
	Next      string `json:"next"`
	Reply     string `json:"reply"`
}

// RelayUser is one line of `spamreport relay user list --json`.
type RelayUser struct {
	Name      string   `json:"name"`
	Disabled  bool     `json:"disabled"`
	Senders   []string `json:"senders"`
	Created   string   `json:"created"`
	LastLogin string   `json:"last_login"`
}

// DKIMKey is one line of `spamreport relay dkim init|show --json`.
type DKIMKey struct {
	Domain    string `json:"domain"`
	Selector  string `json:"selector"`
	Algorithm string `json:"algorithm"` // rsa or ed25519
	Bits      int    `json:"bits"`
	KeyFile   string `json:"key_file"`
	Name      string `json:"name"`   // of the TXT record
	Record    string `json:"record"` // its text, in one piece
	Zone      string `json:"zone"`   // a line of a zone file
}

// Classified is one line of `spamreport relay classify --json`.
type Classified struct {
	Class  string `json:"class"`
	Reason string `json:"reason"`
	Rule   string `json:"rule"`
}
