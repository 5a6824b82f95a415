package headers

// fromFormat is one way of writing the sending side of a handoff. The first
// row that fits wins. To add one, add a row here and a line to
// testdata/received.txt.
type fromFormat struct {
	name  string
	shape shape
	only  software // the row holds for lines of these servers alone; 0 for all
	doubt bool     // the server marked the name as unverified
}

var fromFormats = []fromFormat{
	{name: "Gmail and Postfix: checked name", shape: compile("{helo} ({rdns} [{ip}])")},
	{name: "Sendmail: forged name", shape: compile("{helo} ({rdns} [{ip}] (may be forged))"), doubt: true},
	{name: "Exchange: bare address", shape: compile("{helo} ({ip})"), only: ^qmail},
	{name: "Sendmail: address alone", shape: compile("{helo} ([{ip}])")},
	{name: "qmail: HELO and address", shape: compile("{rdns} (HELO {helo}) ({ip})")},
	{name: "qmail: HELO in brackets", shape: compile("{rdns} (HELO {helo}) ([{ip}])")},
	{name: "qmail: EHLO", shape: compile("{rdns} (EHLO {helo}) ({ip})")},
	{name: "qmail: EHLO in brackets", shape: compile("{rdns} (EHLO {helo}) ([{ip}])")},
	{name: "qmail: HELO, ident and address", shape: compile("{rdns} (HELO {helo}) ({ident}@{ip})")},
	{name: "qmail: ident and address", shape: compile("{rdns} ({ident}@{ip})"), only: qmail},
	{name: "qmail: HELO as the name", shape: compile("{rdns} ({ip})"), only: qmail},
	{name: "Exim: name, HELO and ident", shape: compile("{rdns} ([{ip}] helo={helo} ident={ident})")},
	{name: "Exim: name and HELO", shape: compile("{rdns} ([{ip}] helo={helo})")},
	{name: "Exim: name and ident", shape: compile("{rdns} ([{ip}] ident={ident})")},
	{name: "Exim: name, port, HELO and ident", shape: compile("{rdns} ([{ip}]:{port} helo={helo} ident={ident})")},
	{name: "Exim: name, port and HELO", shape: compile("{rdns} ([{ip}]:{port} helo={helo})")},
	{name: "Exim: name, port and ident", shape: compile("{rdns} ([{ip}]:{port} ident={ident})")},
	{name: "name and port", shape: compile("{helo} ([{ip}]:{port})")},
	{name: "Exim: address, HELO and ident", shape: compile("[{ip}] (helo={helo} ident={ident})")},
	{name: "Exim: address and HELO", shape: compile("[{ip}] (helo={helo})")},
	{name: "Exim: address and ident", shape: compile("[{ip}] (ident={ident})")},
	{name: "Exim: address, port and HELO", shape: compile("[{ip}] (port={port} helo={helo})")},
	{name: "Exim: address, port, HELO and ident", shape: compile("[{ip}] (port={port} helo={helo} ident={ident})")},
	{name: "Exim: address with port and HELO", shape: compile("[{ip}]:{port} (helo={helo})")},
	{name: "Exim: address with port, HELO and ident", shape: compile("[{ip}]:{port} (helo={helo} ident={ident})")},
	{name: "Exim: address with port", shape: compile("[{ip}]:{port}")},
	{name: "Sendmail: ident", shape: compile("{helo} ({ident}@{rdns} [{ip}])")},
	{name: "Sendmail: ident and forged name", shape: compile("{helo} ({ident}@{rdns} [{ip}] (may be forged))"), doubt: true},
	{name: "Sendmail: ident without a name", shape: compile("{helo} ({ident}@[{ip}])")},
	{name: "Sendmail: IDENT", shape: compile("{helo} (IDENT:{ident}@{rdns} [{ip}])")},
	{name: "Postfix: port", shape: compile("{helo} ({rdns} [{ip}]:{port})")},
	{name: "address literal", shape: compile("[{ip}]")},
	{name: "name and address literal", shape: compile("{helo} [{ip}]")},
	{name: "name and bare address", shape: compile("{helo} {ip}")},
	{name: "bare address", shape: compile("{ip}")},
	{name: "HELO and address", shape: compile("[{ip}] (HELO {helo})")},
	{name: "bare address and HELO", shape: compile("{ip} (HELO {helo})")},
	{name: "bare address and EHLO", shape: compile("{ip} (EHLO {helo})")},
	{name: "HELO and bare address in one comment", shape: compile("{rdns} (HELO {helo} {ip})")},
	{name: "CommuniGate: account and HELO", shape: compile("[{ip}] (account {auth} HELO {helo})")},
	{name: "CommuniGate: HELO", shape: compile("[{ip}] (HELO {helo})")},
	{name: "CommuniGate: account and verified name", shape: compile("{rdns} ([{ip}] account {auth} HELO {helo})")},
	{name: "CommuniGate: verified name", shape: compile("{rdns} ([{ip}] verified)")},
	{name: "name, slash and address", shape: compile("{rdns}/{ip}")},
}

// byFormat is one way of writing the receiving side.
type byFormat struct {
	shape shape
}

var byFormats = []byFormat{
	{compile("{by} ({byip})")},
	{compile("{by} ([{byip}])")},
	{compile("{by} ([{byip}]:{*})")},
	{compile("{by} [{byip}]")},
	{compile("{by} ({*} [{byip}])")},
	{compile("[{byip}]")},
}

// software names the server program that wrote a line, as far as it says so.
type software uint32

const (
	postfix software = 1 << iota
	sendmail
	exim
	qmail
	exchange
	google
	otherSoftware
)

// signature is a text that gives a server program away.
type signature struct {
	prefix  string
	program software
	name    string
}

// Comments behind the receiving host.
var commentSignatures = []signature{
	{"Postfix", postfix, "Postfix"},
	{"Exim", exim, "Exim"},
	{"8.", sendmail, "Sendmail"},
	{"Sendmail", sendmail, "Sendmail"},
	{"qmail", qmail, "qmail"},
	{"CommuniGate Pro", otherSoftware, "CommuniGate Pro"},
	{"MDaemon", otherSoftware, "MDaemon"},
	{"Lotus Domino", otherSoftware, "Domino"},
	{"OpenSMTPD", otherSoftware, "OpenSMTPD"},
	{"Haraka", otherSoftware, "Haraka"},
}

// Texts behind "with".
var withSignatures = []signature{
	{"Microsoft SMTP", exchange, "Exchange"},
	{"mapi", exchange, "Exchange"},
}

// commentFormat is a comment that says something besides the addresses.
var commentFormats = []shape{
	compile("envelope-from <{envelope}>"),
	compile("envelope-from {envelope}"),
	compile("envelope-sender <{envelope}>"),
	compile("envelope-sender {envelope}"),
	compile("return-path <{envelope}>"),
	compile("Authenticated sender: {auth}"),
	compile("authenticated user {auth}"),
	compile("version={tls}"),
	compile("using {tls}"),
}
