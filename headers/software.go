package headers

// software is the server program that wrote a line, as far as it says so.
// Only programs whose lines are read or believed in a way of their own have
// a bit; all others share one.
type software uint32

const (
	postfix software = 1 << iota
	sendmail
	exim
	exchange
	powerMTA
	google
	qmail
	mdaemon
	others
)

const (
	// heloWriters put down what the client called itself and no other name.
	heloWriters = exchange | powerMTA
	// nameCheckers look the address up and believe the name only when it
	// leads back to the address, or else say "unknown" or "may be forged".
	nameCheckers = postfix | sendmail | exim | google
)

// signature is a text that gives a server program away.
type signature struct {
	prefix  string
	program software
	name    string
}

// commentSignatures are the beginnings of comments behind the receiving host.
var commentSignatures = []signature{
	{"Postfix", postfix, "Postfix"},
	{"Exim", exim, "Exim"},
	{"8.", sendmail, "Sendmail"},
	{"Sendmail", sendmail, "Sendmail"},
	{"Microsoft Exchange Internet Mail", others, "Exchange 5.5"},
	{"qmail", qmail, "qmail"},
	{"CommuniGate Pro", others, "CommuniGate Pro"},
	{"MDaemon", mdaemon, "MDaemon"},
	{"Lotus ", others, "Domino"},
	{"IBM Domino", others, "Domino"},
	{"HCL Domino", others, "Domino"},
	{"OpenSMTPD", others, "OpenSMTPD"},
	{"Haraka", others, "Haraka"},
	{"Stalwart", others, "Stalwart"},
	{"Merak", others, "IceWarp"},
	{"IceWarp", others, "IceWarp"},
	{"Kerio", others, "Kerio"},
	{"SurgeMail", others, "SurgeMail"},
	{"Mercury", others, "Mercury"},
	{"Novell GroupWise", others, "GroupWise"},
	{"GroupWise", others, "GroupWise"},
	{"Sun ", others, "Sun Messaging Server"},
	{"Oracle Communications", others, "Sun Messaging Server"},
	{"iPlanet", others, "Sun Messaging Server"},
	{"PMDF", others, "Sun Messaging Server"},
	{"LSMTP", others, "LSMTP"},
	{"LISTSERV", others, "LISTSERV"},
	{"PowerMTA", powerMTA, "PowerMTA"},
	{"KumoMTA", powerMTA, "KumoMTA"},
	{"ecelerity", others, "Momentum"},
	{"momentum", others, "Momentum"},
	{"Nemesis", others, "Nemesis"},
	{"Coremail", others, "Coremail"},
	{"NewMX", others, "QQ Mail"},
	{"NewEsmtp", others, "QQ Mail"},
	{"Yahoo Inc. Hermes", others, "Hermes"},
	{"amavis", others, "amavis"},
	{"Cyrus", others, "Cyrus"},
	{"Dovecot", others, "Dovecot"},
	{"InterMail", others, "InterMail"},
	{"SMTPD", others, "IMail"},
	{"WebShield", others, "WebShield"},
	{"JAMES", others, "James"},
	{"PPS", others, "Proofpoint"},
	{"Spam Firewall", others, "Barracuda"},
	{"SG", others, "SendGrid"},
	{"IBM VM", others, "VM"},
	{"fetchmail", others, "fetchmail"},
	{"magic-smtpd", qmail, "magic-smtpd"},
	{"Sophos", others, "Sophos"},
	{"Trend", others, "Trend Micro"},
}

// withSignatures are the beginnings of the text behind "with".
var withSignatures = []signature{
	{"Microsoft SMTPSVC", others, "IIS SMTP"},
	{"Microsoft SMTP Server", exchange, "Exchange"},
	{"mapi", exchange, "Exchange"},
	{"Internet Mail Service", others, "Exchange 5.5"},
	{"MailEnable", others, "MailEnable"},
	{"[XMail", others, "XMail"},
	{"Novell_GroupWise", others, "GroupWise"},
	{"qmail-scanner", qmail, "qmail-scanner"},
	{"SpamAssassin", others, "SpamAssassin"},
	{"hMailServer", others, "hMailServer"},
}

// hostSignatures are domains whose servers leave out what they run but write
// a form of their own.
var hostSignatures = []signature{
	{"google.com", google, "Gmail"},
	{"gmail.com", google, "Gmail"},
	{"yandex.net", others, "Yandex"},
	{"yandex.ru", others, "Yandex"},
}

// program finds out which server wrote a line.
func (c *clauses) program(by string) (software, string) {
	for i := c.spans[inBy].lo; i < c.n && !c.spans[inBy].empty(); i++ {
		if c.items[i].comment {
			if s := signed(commentTable, c.inner(i)); s != nil {
				return s.program, s.name
			}
		}
	}
	if s := signed(withTable, c.text(inWith)); s != nil {
		return s.program, s.name
	}
	for i := range hostSignatures {
		if underDomain(by, hostSignatures[i].prefix) {
			return hostSignatures[i].program, hostSignatures[i].name
		}
	}
	if eximID(c.first(inID)) {
		return exim, "Exim"
	}
	return others, ""
}

// eximID recognises the ids of Exim, which many providers run without saying
// so: 1abcDE-0001Ab-Cd, or since 4.97 1abcDE-000000012Ab-1cDe.
func eximID(id string) bool {
	switch len(id) {
	case 16:
		return id[6] == '-' && id[13] == '-' && alphanumeric(id[:6]) && alphanumeric(id[7:13]) && alphanumeric(id[14:])
	case 23:
		return id[6] == '-' && id[18] == '-' && alphanumeric(id[:6]) && alphanumeric(id[7:18]) && alphanumeric(id[19:])
	}
	return false
}

func alphanumeric(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// byLetter groups the rows of a table by the first byte of their prefix, in
// their order, so that a text is compared with the few that can fit.
type byLetter[T any] [256][]T

func lettered[T any](rows []T, prefix func(*T) string) *byLetter[T] {
	var table byLetter[T]
	for i := range rows {
		low := lower(prefix(&rows[i])[0])
		table[low] = append(table[low], rows[i])
	}
	return &table
}

func (t *byLetter[T]) rows(text string) []T {
	if text == "" {
		return nil
	}
	return t[lower(text[0])]
}

var (
	commentTable = lettered(commentSignatures, func(s *signature) string { return s.prefix })
	withTable    = lettered(withSignatures, func(s *signature) string { return s.prefix })
)

func signed(table *byLetter[signature], text string) *signature {
	rows := table.rows(text)
	for i := range rows {
		if hasPrefixFold(text, rows[i].prefix) {
			return &rows[i]
		}
	}
	return nil
}
