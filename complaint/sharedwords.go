package complaint

import (
	"slices"
	"strings"
)

// isShared reports whether so many people have addresses in a domain that it
// identifies nobody. Hiding it would hide evidence: spam also comes from there.
func isShared(domain string) bool {
	if slices.Contains(sharedDomains, domain) {
		return true
	}
	name, _, _ := strings.Cut(domain, ".")
	return slices.Contains(sharedNames, name)
}

// isRole reports whether a user name is a function and not a person (RFC 2142
// and what is customary).
func isRole(name string) bool { return slices.Contains(roles, strings.ToLower(name)) }

// isTraceWord reports whether a word belongs to the language of headers, so that
// the evidence would be unreadable without it, whoever is called so.
func isTraceWord(name string) bool { return slices.Contains(traceWords, strings.ToLower(name)) }

// sharedNames are providers that are at home under many country domains.
var sharedNames = []string{
	"gmail", "googlemail", "google", "yahoo", "hotmail", "outlook", "live", "msn", "gmx",
	"yandex", "icloud", "aol", "protonmail", "fastmail", "zoho", "tutanota", "rediffmail",
}

// sharedDomains are the others.
var sharedDomains = []string{
	"163.com", "126.com", "139.com", "189.cn", "21cn.com", "aliyun.com", "alice.it", "arcor.de",
	"att.net", "bellsouth.net", "bigpond.com", "bk.ru", "bluewin.ch", "bol.com.br", "btinternet.com",
	"centrum.cz", "charter.net", "comcast.net", "cox.net", "daum.net", "docomo.ne.jp", "earthlink.net",
	"ezweb.ne.jp", "foxmail.com", "free.fr", "freenet.de", "gmx.de", "gmx.net", "hanmail.net", "hey.com",
	"inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru", "mac.com", "mail.com", "mail.ru",
	"me.com", "microsoft.com", "naver.com", "nifty.com", "o2.pl", "onet.pl", "optonline.net", "orange.fr",
	"ovh.net", "pm.me", "posteo.de", "posteo.net", "proton.me", "qq.com", "rambler.ru", "rocketmail.com",
	"rogers.com", "rr.com", "runbox.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.com",
	"sky.com", "sohu.com", "softbank.ne.jp", "t-online.de", "telenet.be", "terra.com.br", "tiscali.it",
	"tuta.com", "ukr.net", "uol.com.br", "verizon.net", "virgilio.it", "virginmedia.com", "wanadoo.fr",
	"web.de", "wp.pl", "xs4all.nl", "yeah.net", "ymail.com", "zohomail.com",
}

// roles are user names that say nothing about who reads them.
var roles = []string{
	"abuse", "accounting", "accounts", "admin", "administrator", "all", "billing", "bounce", "bounces",
	"business", "careers", "client", "clients", "contact", "customer", "customers", "daemon", "email",
	"enquiries", "finance", "friend", "help", "helpdesk", "hello", "hostmaster", "hr", "info", "inbox",
	"inquiries", "invoice", "invoices", "jobs", "list", "mail", "mailer-daemon", "mailbox", "marketing",
	"me", "media", "member", "members", "news", "newsletter", "no-reply", "noc", "noreply", "office",
	"order", "orders", "payments", "phishing", "postmaster", "press", "privacy", "purchase", "recipient",
	"reply", "report", "reporting", "reports", "root", "sales", "security", "sender", "service", "shop",
	"spam", "staff", "subscribe", "subscriber", "support", "team", "test", "undisclosed", "unsubscribe",
	"user", "users", "web", "webmaster", "www",
}

// privateZones are top labels that the public DNS does not have (RFC 6762
// appendix G, RFC 8375, ICANN's .internal).
var privateZones = []string{"arpa", "box", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"}

// traceWords are what trace fields, MIME fields and links are made of.
var traceWords = []string{
	"address", "alternative", "application", "arc", "attachment", "authenticated", "authentication",
	"base64", "bit", "boundary", "by", "charset", "cipher", "client", "com", "content", "date", "dkim",
	"dmarc", "domain", "ehlo", "encoding", "envelope", "envelope-from", "esmtp", "esmtpa", "esmtps",
	"esmtpsa", "exim", "fail", "feedback", "for", "forged", "forwarded", "from", "gmt", "google", "header",
	"helo", "host", "html", "http", "https", "id", "image", "internet", "invalid", "ip", "ipv4", "ipv6",
	"lmtp", "lmtps", "local", "localhost", "mailfrom", "may", "message", "message-id", "microsoft", "mime",
	"mixed", "multipart", "mx", "name", "net", "none", "ok", "org", "origin", "originating", "pass",
	"path", "plain", "policy", "port", "postfix", "precedence", "protocol", "qmail", "quoted-printable",
	"received", "received-spf", "references", "return", "return-path", "selector", "sendmail", "server",
	"signature", "smtp", "smtps", "softfail", "source", "spf", "subject", "text", "tls", "to", "transfer",
	"type", "unknown", "unverified", "utc", "utf-8", "verify", "version", "via", "with", "x",
	"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
	"mon", "tue", "wed", "thu", "fri", "sat", "sun",
}
