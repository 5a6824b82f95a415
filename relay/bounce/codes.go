package bounce

// enhancedRules decide by the enhanced code (RFC 3463 and the IANA registry
// of enhanced status codes) where the text says nothing known.
var enhancedRules = []rule{
	{name: "5.1.2", reason: DomainUnknown, enhanced: "5.1.2"},
	{name: "4.1.2", reason: DNS, enhanced: "4.1.2"},
	{name: "5.1.3", reason: UserUnknown, enhanced: "5.1.3"},
	{name: "5.1.4", reason: UserUnknown, enhanced: "5.1.4"},
	{name: "5.1.5", reason: UserUnknown, enhanced: "5.1.5"},
	{name: "x.1.7", reason: Sender, enhanced: "*.1.7"},
	{name: "x.1.8", reason: Sender, enhanced: "*.1.8"},
	{name: "5.1.10", reason: NoMail, enhanced: "5.1.10"},
	{name: "5.1.0", reason: UserUnknown, enhanced: "5.1.0"},
	{name: "4.2.1", reason: Server, enhanced: "4.2.1"},
	{name: "5.2.1", reason: Disabled, enhanced: "5.2.1"},
	{name: "x.2.3", reason: Size, enhanced: "*.2.3"},
	{name: "x.2.4", reason: Server, enhanced: "*.2.4"},
	{name: "5.2.0", reason: Policy, enhanced: "5.2.0"},
	{name: "x.3.4", reason: Size, enhanced: "*.3.4"},
	{name: "x.3.1", reason: Server, enhanced: "*.3.1"},
	{name: "x.3.2", reason: Server, enhanced: "*.3.2"},
	{name: "x.3.3", reason: Protocol, enhanced: "*.3.3"},
	{name: "x.3.5", reason: Server, enhanced: "*.3.5"},
	{name: "4.3", reason: Server, enhanced: "4.3"},
	{name: "x.4.3", reason: DNS, enhanced: "*.4.3"},
	{name: "5.4.4", reason: DomainUnknown, enhanced: "5.4.4"},
	{name: "5.4.310", reason: DomainUnknown, enhanced: "5.4.310"},
	{name: "x.4.7", reason: Expired, enhanced: "*.4.7"},
	{name: "x.4", reason: Network, enhanced: "*.4"},
	{name: "x.5.3", reason: Rate, enhanced: "*.5.3"},
	{name: "4.5", reason: Server, enhanced: "4.5"},
	{name: "5.5.1", reason: Protocol, enhanced: "5.5.1"},
	{name: "5.5.2", reason: Protocol, enhanced: "5.5.2"},
	{name: "5.5.4", reason: Protocol, enhanced: "5.5.4"},
	{name: "x.6", reason: Content, enhanced: "*.6"},
	{name: "x.7.8", reason: AuthFail, enhanced: "*.7.8"},
	{name: "x.7.9", reason: AuthFail, enhanced: "*.7.9"},
	{name: "x.7.20", reason: AuthFail, enhanced: "*.7.20"}, // RFC 7372: DKIM
	{name: "x.7.21", reason: AuthFail, enhanced: "*.7.21"},
	{name: "x.7.22", reason: AuthFail, enhanced: "*.7.22"},
	{name: "x.7.23", reason: AuthFail, enhanced: "*.7.23"}, // SPF
	{name: "x.7.24", reason: AuthFail, enhanced: "*.7.24"},
	{name: "x.7.25", reason: ReverseDNS, enhanced: "*.7.25"},
	{name: "x.7.26", reason: AuthFail, enhanced: "*.7.26"},
	{name: "x.7.27", reason: Sender, enhanced: "*.7.27"}, // RFC 7505: the sender takes no answers
	{name: "x.7.28", reason: Rate, enhanced: "*.7.28"},
	{name: "x.7.10", reason: TLS, enhanced: "*.7.10"},
	{name: "x.7.11", reason: TLS, enhanced: "*.7.11"},
	{name: "x.7.30", reason: TLS, enhanced: "*.7.30"}, // RFC 8689
	{name: "x.7.509", reason: AuthFail, enhanced: "*.7.509"},
	{name: "x.7.515", reason: AuthFail, enhanced: "*.7.515"},
	{name: "x.7.17", reason: UserUnknown, enhanced: "*.7.17"},   // RFC 7293: the mailbox went to somebody else
	{name: "x.7.18", reason: DomainUnknown, enhanced: "*.7.18"}, // and the domain
	{name: "x.7.320", reason: TLS, enhanced: "*.7.320"},
	{name: "x.7", reason: Policy, enhanced: "*.7"},
}

// codeRules are the last resort (RFC 5321 §4.2.3). 550 stands for a mailbox
// that is not there and for a policy alike: an address is given up only when
// something speaks of it.
var codeRules = []rule{
	{name: "4xx-enhanced", reason: Server, enhanced: "4"},
	{name: "422", reason: MailboxFull, code: "422"},
	{name: "452", reason: Server, code: "452"},
	{name: "4xx", reason: Server, code: "4"},
	{name: "510", reason: UserUnknown, code: "510"},
	{name: "511", reason: UserUnknown, code: "511"},
	{name: "512", reason: DomainUnknown, code: "512"},
	{name: "513", reason: UserUnknown, code: "513"},
	{name: "521", reason: NoMail, code: "521"}, // RFC 7504
	{name: "556", reason: NoMail, code: "556"}, // RFC 7504, RFC 7505
	{name: "523", reason: Size, code: "523"},
	{name: "530", reason: AuthFail, code: "530"},
	{name: "535", reason: AuthFail, code: "535"},
	{name: "538", reason: TLS, code: "538"},
	{name: "541", reason: Policy, code: "541"},
	{name: "550 about a recipient", reason: UserUnknown, code: "550", text: []string{"user", "mailbox", "recipient", "rcpt", "address", "account", "directory"}},
	{name: "550", reason: Policy, code: "550"},
	{name: "551", reason: Moved, code: "551"},
	{name: "552", reason: MailboxFull, code: "552"},
	{name: "553", reason: UserUnknown, code: "553"},
	{name: "554", reason: Policy, code: "554"},
	{name: "57x", reason: Policy, code: "57"},
	{name: "50x", reason: Protocol, code: "50"},
	{name: "555", reason: Protocol, code: "555"},
	{name: "5.1", reason: UserUnknown, enhanced: "5.1"},
}
