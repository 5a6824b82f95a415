package contract

// RelayStatus is what `spamreport relay status --json` prints.
type RelayStatus struct {
	Quotas     []Quota    `json:"quotas"`
	OverLimit  string     `json:"over_limit"` // queue or refuse
	AlertTo    string     `json:"alert_to"`
	Warmup     *Warmup    `json:"warmup"` // null without a plan
	Reputation Reputation `json:"reputation"`
	Suppressed int        `json:"suppressed"`
	Waiting    int        `json:"waiting"` // recipients in the queue
}

// Quota is how much of one limit is used; everything is counted in recipients.
type Quota struct {
	Scope   string `json:"scope"` // all, warm-up, user NAME, domain NAME
	Limit   int    `json:"limit"`
	Per     string `json:"per"` // minute, hour, day, month
	Used    int    `json:"used"`
	Percent int    `json:"percent"`
	Alert   int    `json:"alert"` // the threshold that was reached: 0, 80, 90 or 100
	Reset   string `json:"reset"`
}

// Warmup is how far the plan for a new sending address is.
type Warmup struct {
	Start       string `json:"start"`
	Day         int    `json:"day"`
	Days        int    `json:"days"`
	Today       int    `json:"today"`      // the limit of this day
	SentToday   int    `json:"sent_today"` // so much of it is used
	Tomorrow    int    `json:"tomorrow"`
	Daily       int    `json:"daily"` // the limit once the goal is reached
	MonthlyGoal int    `json:"monthly_goal"`
	Percent     int    `json:"percent"` // of the daily limit that is reached today
	Reached     bool   `json:"reached"`
}

// Reputation is the standing of the sender, and the numbers that it comes from.
type Reputation struct {
	Percent           float64 `json:"percent"`
	Standing          string  `json:"standing"` // good, watch, danger
	BouncePercent     float64 `json:"bounce_percent"`
	ComplaintPercent  float64 `json:"complaint_percent"`
	Delivered         int     `json:"delivered"`
	Hard              int     `json:"hard"`
	Soft              int     `json:"soft"`
	Block             int     `json:"block"`
	Complaints        int     `json:"complaints"`
	Since             string  `json:"since"`
	FewestForAPercent int     `json:"of_at_least"` // percentages are of at least so many
}

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
