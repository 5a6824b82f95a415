package mailbox

// Message is one message of a mailbox or file.
type Message struct {
	Name      string // what to call it: path, "path#3" in an mbox, "folder/uid" on IMAP
	Place     Place  // zero unless it lies in an IMAP folder
	Raw       []byte // cut to the reader's limit
	Size      int64  // whole size in octets
	Truncated bool   // Raw is shorter than Size
}

// Place says where in an IMAP account a message lies (RFC 9051 §2.3.1.1).
type Place struct {
	Account     string
	Folder      string
	UIDValidity uint32
	UID         uint32
}
