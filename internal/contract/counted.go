package contract

// Counted is one line of commands that change or count things, with --json:
// `prune`, `migrate`, and `relay hold`, `release` and `drop`.
type Counted struct {
	What  string `json:"what"` // the table, the kind of thing, or what was done
	Count int64  `json:"count"`
}

// Version is what `spamreport version --json` prints.
type Version struct {
	Version string `json:"version"`
}
