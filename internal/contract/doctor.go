package contract

// Check is one line of `spamreport doctor --json`.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warn, fail or skip
	What   string `json:"what"`
	Do     string `json:"do"` // empty unless there is something to do
}
