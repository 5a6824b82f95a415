package headers

// fromFormat is one way of writing the sending side of a handoff. The rows
// are tried in order and the first that fits the whole clause wins; remarks
// (see remarks.go) are taken off before. Where a row has {ip} without square
// brackets, the line may have them. To add a format, add a row here and
// a line that uses it to testdata/received.txt.
type fromFormat struct {
	name   string
	shape  shape
	only   software // the row holds for lines of these programs alone; 0 for all
	doubt  bool     // the server marked the name as forged or unverified
	single bool     // the one name stands for what was looked up and for the HELO alike
	loose  bool     // whether the name leads back to the address was not checked, or it may be the HELO
}

var fromFormats = []fromFormat{
	// The common ones first.
	{name: "HELO, name and address", shape: compile("{helo} ({rdns} [{ip}])")},
	{name: "Exchange: HELO and bare address", shape: compile("{helo} ({ip})"), only: heloWriters},
	{name: "Exim: name and address", shape: compile("{rdns} ([{ip}])"), only: exim, single: true},
	{name: "HELO and address", shape: compile("{helo} ([{ip}])")},
	{name: "bare address and HELO", shape: compile("{ip} (HELO {helo})")},
	{name: "Yahoo: bare address and EHLO", shape: compile("{ip} (EHLO {helo})")},
	{name: "qmail: name, HELO and address", shape: compile("{rdns} (HELO {helo}) ({ip})"), loose: true},
	{name: "Exim: name, address and HELO", shape: compile("{rdns} ([{ip}] helo={helo})")},
	{name: "Exim: address and HELO", shape: compile("[{ip}] (helo={helo})")},
	{name: "MDaemon: HELO alone, a literal or not", shape: compile("{helo}"), only: mdaemon},
	{name: "address literal alone", shape: compile("[{ip}]")},

	// Sendmail, and what Postfix and others make of its form.
	{name: "Sendmail: forged name", shape: compile("{helo} ({rdns} [{ip}] (may be forged))"), doubt: true},
	{name: "Sendmail: IDENT and name", shape: compile("{helo} (IDENT:{ident}@{rdns} [{ip}])")},
	{name: "Sendmail: IDENT and forged name", shape: compile("{helo} (IDENT:{ident}@{rdns} [{ip}] (may be forged))"), doubt: true},
	{name: "Sendmail: IDENT without a name", shape: compile("{helo} (IDENT:{ident}@[{ip}])")},
	{name: "Sendmail: ident and name", shape: compile("{helo} ({ident}@{rdns} [{ip}])")},
	{name: "Sendmail: ident and forged name", shape: compile("{helo} ({ident}@{rdns} [{ip}] (may be forged))"), doubt: true},
	{name: "Sendmail: ident without a name", shape: compile("{helo} ({ident}@[{ip}])")},
	{name: "Sendmail: local user", shape: compile("{helo} ({ident}@localhost)")},
	{name: "MailMarshal: unverified name", shape: compile("{helo} (Not Verified[{ip}])"), doubt: true},
	{name: "name and address, no blank", shape: compile("{helo} ({rdns}[{ip}])")},
	{name: "name, address and port", shape: compile("{helo} ({rdns} [{ip}]:{port})")},
	{name: "empty name", shape: compile("{helo} ( [{ip}])")},
	{name: "empty name with blanks", shape: compile("{helo} ( [{ip}] )")},
	{name: "HELO in the comment", shape: compile("({helo} [{ip}])")},
	{name: "IIS: unverified name", shape: compile("{helo} ([{ip}] unverified)"), doubt: true},
	{name: "IIS: name without DNS", shape: compile("{helo} ([{ip}] RDNS failed)"), doubt: true},
	{name: "address in a comment alone", shape: compile("([{ip}])")},
	{name: "bare address in a comment alone", shape: compile("({ip})")},
	{name: "address and port in a comment alone", shape: compile("([{ip}:{port}])")},

	// Exim.
	{name: "Exim: name, address, HELO and ident", shape: compile("{rdns} ([{ip}] helo={helo} ident={ident})")},
	{name: "Exim: name, address and ident", shape: compile("{rdns} ([{ip}] ident={ident})"), single: true},
	{name: "Exim: name, port, HELO and ident", shape: compile("{rdns} ([{ip}]:{port} helo={helo} ident={ident})")},
	{name: "Exim: name, port and HELO", shape: compile("{rdns} ([{ip}]:{port} helo={helo})")},
	{name: "Exim: name, port and ident", shape: compile("{rdns} ([{ip}]:{port} ident={ident})"), single: true},
	{name: "Exim: name and port", shape: compile("{rdns} ([{ip}]:{port})"), only: exim, single: true},
	{name: "HELO and port", shape: compile("{helo} ([{ip}]:{port})")},
	{name: "Exim: address, HELO and ident", shape: compile("[{ip}] (helo={helo} ident={ident})")},
	{name: "Exim: address and ident", shape: compile("[{ip}] (ident={ident})")},
	{name: "Exim: address, port in the comment and HELO", shape: compile("[{ip}] (port={port} helo={helo})")},
	{name: "Exim: address, port in the comment, HELO and ident", shape: compile("[{ip}] (port={port} helo={helo} ident={ident})")},
	{name: "Exim: address and port in the comment", shape: compile("[{ip}] (port={port})")},
	{name: "Exim: address, port and HELO", shape: compile("[{ip}]:{port} (helo={helo})")},
	{name: "Exim: address, port, HELO and ident", shape: compile("[{ip}]:{port} (helo={helo} ident={ident})")},
	{name: "address and port", shape: compile("[{ip}]:{port}")},

	// qmail and its patches, IronPort, MessageLabs, Yahoo.
	{name: "qmail: name, HELO, ident and address", shape: compile("{rdns} (HELO {helo}) ({ident}@{ip})"), loose: true},
	{name: "Yahoo: name, HELO, login and address", shape: compile("{rdns} (HELO {helo}) ({ident}@{ip} with {auth})"), loose: true},
	{name: "qmail: name and address", shape: compile("{rdns} ({ip})"), single: true, loose: true},
	{name: "HELO literal and bare address", shape: compile("{helo} ({ip})")},
	{name: "qmail: name, ident and address", shape: compile("{rdns} ({ident}@{ip})"), single: true, loose: true},
	{name: "name, EHLO and address", shape: compile("{rdns} (EHLO {helo}) ({ip})"), loose: true},
	{name: "name, EHLO, ident and address", shape: compile("{rdns} (EHLO {helo}) ({ident}@{ip})"), loose: true},
	{name: "name, LHLO and address", shape: compile("{rdns} (LHLO {helo}) ({ip})"), loose: true},
	{name: "James: literal, EHLO and address", shape: compile("[{*}] (EHLO {helo}) ({ip})")},
	{name: "literal, HELO and address", shape: compile("[{*}] (HELO {helo}) ({ip})")},
	{name: "GMX: name, EHLO and address", shape: compile("{rdns} (EHLO {helo}) [{ip}]"), loose: true},
	{name: "GMX: name, HELO and address", shape: compile("{rdns} (HELO {helo}) [{ip}]"), loose: true},
	{name: "bare address and a HELO of several words", shape: compile("{ip} (HELO {*})")},
	{name: "name with HELO and address in one comment", shape: compile("{rdns} (HELO {helo} {ip})"), loose: true},

	{name: "ZMailer: name, port and EHLO", shape: compile("{rdns} ([{ip}]:{port} \"EHLO {helo}\"{*})"), loose: true},
	{name: "ZMailer: name, port and HELO", shape: compile("{rdns} ([{ip}]:{port} \"HELO {helo}\"{*})"), loose: true},

	// CommuniGate Pro.
	{name: "CommuniGate: account and HELO", shape: compile("[{ip}] (account {auth} HELO {helo})")},
	{name: "CommuniGate: account and verified address", shape: compile("[{ip}] (account {auth} [{*}] verified)")},
	{name: "CommuniGate: account", shape: compile("[{ip}] (account {auth})")},
	{name: "CommuniGate: verified name", shape: compile("{rdns} ([{ip}] verified)"), single: true},
	{name: "CommuniGate: account and verified name", shape: compile("{rdns} (account {auth} [{ip}] verified)"), single: true},

	// Momentum, Haraka, XMail and single servers.
	{name: "Momentum: literal, address, port and HELO", shape: compile("[{*}] ([{ip}:{port}] helo={helo})")},
	{name: "Momentum: name, address, port and HELO", shape: compile("{rdns} ([{ip}:{port}] helo={helo})"), loose: true},
	{name: "Momentum: literal, address and port", shape: compile("[{*}] ([{ip}:{port}])")},
	{name: "Momentum: HELO, address and port", shape: compile("{helo} ([{ip}:{port}])")},
	{name: "XMail: HELO, address and port", shape: compile("{helo} ({ip}:{port})")},
	{name: "HELO, name and bare address", shape: compile("{helo} ({rdns} {ip})")},
	{name: "IMP: address, then the user", shape: compile("{ip} ( [{*}]) as user {auth}")},
	{name: "name and address without a comment", shape: compile("{helo} [{ip}]")},
	{name: "name and bare address without a comment", shape: compile("{helo} {ip}")},
	{name: "bare address alone", shape: compile("{ip}")},
	{name: "Obtuse smtpd: name, address and HELO", shape: compile("{rdns}({ip}), claiming to be \"{*}"), loose: true},
	{name: "Obtuse smtpd: name and address", shape: compile("{rdns}({ip}) via {*}"), loose: true},
	{name: "smap: name and address, no blank", shape: compile("{rdns}({ip})"), loose: true},
	{name: "IMP: address and user", shape: compile("( [{ip}]) as user {auth}")},
	{name: "IMP: name, address and user", shape: compile("{helo} ([{ip}]) as user {auth}")},
}

// byFormats are the ways of writing the receiving side with an address. A by
// part of any other form is a name followed by remarks.
var byFormats = []shape{
	compile("{by} ({byip})"),
	compile("{by} ({byip}:{*})"),
	compile("{by} ([{byip}])"),
	compile("{by} ([{byip}]:{*})"),
	compile("{by} [{byip}]"),
	compile("{by} ({*} [{byip}])"),
	compile("[{byip}]"),
}
