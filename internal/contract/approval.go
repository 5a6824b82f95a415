package contract

// Held is one line of `spamreport review --json`.
type Held struct {
	Incident string `json:"incident"`
	Target   string `json:"target"` // what it is about: source, origin, link, registrar, …
	About    string `json:"about"`  // the address, host, domain or account; empty for the source
	Source   string `json:"source"`
	Network  string `json:"network"`
	Contact  string `json:"contact"`
	Subject  string `json:"subject"` // of the spam
	Seen     string `json:"seen"`
	Copies   int    `json:"copies"` // messages that the complaint speaks of
}

// Never is one line of `spamreport review never --json`.
type Never struct {
	Contact string `json:"contact"`
	Since   string `json:"since"`
}
