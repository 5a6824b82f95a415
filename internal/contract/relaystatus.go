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
