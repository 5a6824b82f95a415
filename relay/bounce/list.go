package bounce

// listRules say that the sending address, host or domain is listed or
// ill-reputed somewhere.
var listRules = []rule{
	{name: "named-list", reason: Blocklist, text: []string{
		"spamhaus", "spamcop", "sorbs", "barracudacentral", "barracuda reputation", "uceprotect", "uribl", "surbl", "spamrl", "senderbase", "mailspike", "invaluement", "abuseat", "mail-abuse", "njabl", "junkemailfilter", "hostkarma", "trend micro", "psbl", "spfbl", "truncate.gbudb",
		"abusix", "sender score", "senderscore", "cloudmark", "dnsrbl", "nixspam", "manitu", "fabel.dk", "countries.nerd.dk", "dsbl", "ordb", "wpbl", "anti-spam.org.cn", "rbl.", ".rbl", "dnswl", "0spam", "s5h.net", "spamrats", "mxrate", "returnpath.net", "invalument", "cbl.",
	}},
	{name: "blocklist", reason: Blocklist, text: []string{
		"dnsbl", " rbl", "(rbl", "drbl", " dul.", "rbl)", "realtime black", "real-time black", "realtime block", "black list", "blacklist", "black-list", "block list", "blocklist", "block-list", "denylist", "deny list", "blocked using", "blocked by using", "blocked with", "listed at", "listed on", "is listed in", "are listed in", "listed by", "listed in http",
		"is on our list", "exploits block list", "policy block list", "due to listing", "delist", "removal from this list", "remove*from the list", "lista negra", "schwarze liste", "liste noire", "blokkeerlijst", "black listed", "blackholed", "black hole", "bloqueado por rbl", "чёрн", "черном списке", "黑名单", "ブラックリスト",
	}},
	{name: "host-blocked", reason: Blocklist, text: []string{
		"your ip", "your host", "client host*blocked", "client host [*blocked", "host blocked", "ip blocked", "ip is blocked", "ip address blocked", "ip address is blocked", "ip has been blocked", "ip was blocked", "address has been blocked", "server has been blocked", "server is blocked", "ip address was rejected", "ip was rejected", "ip address*rejected", "sending ip", "source ip",
		"your server", "your network", "network is blocked", "is blocked.for", ">is blocked", " is blocked.", "banned ip", "bad ip", "your mail server", "your email server", "your isp", "ip address is not allowed", "ip not allowed", "from your domain", "your domain", "access denied for ip", "bloqueado por", "due to abuse", "blocked for abuse", "blocked for spam", "blocked due to spam",
		"[*] blocked", "blocked by our", "geographical location", "country is blocked", "country not allowed", "your country", "not accept mail from your", "mail from your ip", "connections not accepted from", "connections will not be accepted", "connection refused*listed", "no access from mail server", "not accept*from dynamic",
	}},
	{name: "reputation", reason: Reputation, text: []string{"reputation", "low trust", "poor score", "your score", "suspicious sender", "user complaints", "spam complaints", "too many bounces", "complaint rate", "abuse complaints"}},
	{name: "access-refused", reason: Blocklist, text: []string{
		"your access to", "your access*rejected", "your connection", "client host rejected", "client rejected", "host rejected", "host*refused to accept", "server access*forbidden", "access from your", "not accepting mail from", "don't accept mail from", "doesn't accept mail from", "does not accept mail from", "does not accept email from", "refuse mail from", "mail from*refused", "do not accept mail from", "will not accept mail from",
		"we do not accept*from", "refused mail service", "connection rejected", "connection denied", "connection not allowed", "connection not authorized", "rejected by*firewall", "you are not allowed to connect", "you are not welcome", "no relaying from you", "domain*blocked", "blocked*domain", "rejecting connections from", "not accepting connections from",
	}},
}
