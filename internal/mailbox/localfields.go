package mailbox

import "bytes"

// localFields are header fields that a mail program writes into its own copy
// of a message, in lower case, and who does it. They do not count for Digest,
// wherever they stand: a field of such a name that came with the spam is left
// out of every copy alike.
var localFields = map[string]string{
	"status":            "mbox: read or old",
	"x-status":          "mbox: answered, flagged, deleted",
	"x-keywords":        "mbox: IMAP keywords (UW, Dovecot)",
	"x-uid":             "mbox: IMAP UID (UW, Dovecot)",
	"x-imap":            "mbox: UIDVALIDITY (UW)",
	"x-imapbase":        "mbox: UIDVALIDITY (UW, Dovecot)",
	"content-length":    "mboxcl, mboxcl2: octets of the body in this copy",
	"lines":             "mboxcl: lines of the body in this copy",
	"x-mozilla-status":  "Thunderbird: flags",
	"x-mozilla-status2": "Thunderbird: flags",
	"x-mozilla-keys":    "Thunderbird: tags",
	"x-account-key":     "Thunderbird: the account that fetched it",
	"x-uidl":            "POP3 clients: the server's unique id",
	"x-label":           "mutt: label",
}

// localPrefixes do the same for whole families of names.
var localPrefixes = []string{
	"x-gnus-",     // Gnus: where it lies
	"x-evolution", // Evolution: flags and source
	"x-kmail-",    // KMail: flags
	"x-sylpheed-", // Sylpheed, Claws Mail: account, flags
}

// isLocalField reports whether a header line begins a local field.
func isLocalField(line []byte) bool {
	name, _, found := bytes.Cut(line, []byte(":"))
	if !found {
		return false
	}
	// RFC 5322 §4.5.3: old messages may have space before the colon.
	name = bytes.TrimRight(name, " \t")
	var lower [headMax]byte
	if len(name) > len(lower) {
		return false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	field := lower[:len(name)]
	if _, local := localFields[string(field)]; local {
		return true
	}
	for _, prefix := range localPrefixes {
		if len(field) >= len(prefix) && string(field[:len(prefix)]) == prefix {
			return true
		}
	}
	return false
}
