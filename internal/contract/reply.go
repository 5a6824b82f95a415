package contract

// Reply is one line of `spamreport replies --json`.
type Reply struct {
	File              string `json:"file"`
	Kind              string `json:"kind"`
	Recipient         string `json:"recipient"`
	Class             string `json:"class"`
	Status            string `json:"status"`
	OriginalMessageID string `json:"original_message_id"`
	Ticket            string `json:"ticket"`
}
