package discover

import (
	"slices"
	"strings"
)

// provider is a row of the table: whose domains, where its servers are, and
// how one gets in.
type provider struct {
	name       string
	domains    []string // of its addresses
	mx         string   // suffix of the MX of domains that it runs for others; "" when it does not
	imap       Server
	submission Server
	local      bool   // the login name is the part before the at sign
	oauth2     string // the provider of internal/oauth, where no password is taken
	note       string
}

func implicit(host string, port int) Server {
	return Server{Host: host, Port: port, Security: Implicit}
}

func starttls(host string, port int) Server {
	return Server{Host: host, Port: port, Security: STARTTLS}
}

const appPassword = "It takes an app password, not that of the web page: make one in the settings of the account." // #nosec G101 -- no password

// providers is the table. Each row is from the provider's own help pages.
var providers = []provider{
	{
		name: "Gmail", domains: []string{"gmail.com", "googlemail.com"}, mx: "google.com",
		imap: implicit("imap.gmail.com", 993), submission: implicit("smtp.gmail.com", 465), oauth2: "google",
		note: "It takes OAuth 2.0, or an app password where two-step verification is on.",
	},
	{
		name: "Outlook.com", domains: []string{"outlook.com", "hotmail.com", "live.com", "msn.com"},
		imap: implicit("outlook.office365.com", 993), submission: starttls("smtp-mail.outlook.com", 587), oauth2: "microsoft",
		note: "It takes OAuth 2.0 only.",
	},
	{
		name: "Microsoft 365", mx: "mail.protection.outlook.com",
		imap: implicit("outlook.office365.com", 993), submission: starttls("smtp.office365.com", 587), oauth2: "microsoft",
		note: "It takes OAuth 2.0 only, and an administrator may have to allow IMAP and SMTP.",
	},
	{
		name: "Yahoo", domains: []string{"yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com"}, mx: "yahoodns.net",
		imap: implicit("imap.mail.yahoo.com", 993), submission: implicit("smtp.mail.yahoo.com", 465), note: appPassword,
	},
	{
		name: "AOL", domains: []string{"aol.com"},
		imap: implicit("imap.aol.com", 993), submission: implicit("smtp.aol.com", 465), note: appPassword,
	},
	{
		name: "iCloud", domains: []string{"icloud.com", "me.com", "mac.com"}, mx: "mail.icloud.com",
		imap: implicit("imap.mail.me.com", 993), submission: starttls("smtp.mail.me.com", 587), local: true, note: appPassword,
	},
	{
		name: "Fastmail", domains: []string{"fastmail.com", "fastmail.fm"}, mx: "messagingengine.com",
		imap: implicit("imap.fastmail.com", 993), submission: implicit("smtp.fastmail.com", 465), note: appPassword,
	},
	{
		name: "GMX", domains: []string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch"},
		imap: implicit("imap.gmx.net", 993), submission: implicit("mail.gmx.net", 465), note: "IMAP must be switched on in the settings of the account.",
	},
	{
		name: "GMX", domains: []string{"gmx.com", "gmx.us", "gmx.co.uk"},
		imap: implicit("imap.gmx.com", 993), submission: implicit("mail.gmx.com", 465), note: "IMAP must be switched on in the settings of the account.",
	},
	{
		name: "WEB.DE", domains: []string{"web.de"},
		imap: implicit("imap.web.de", 993), submission: implicit("smtp.web.de", 465), note: "IMAP must be switched on in the settings of the account.",
	},
	{
		name: "T-Online", domains: []string{"t-online.de", "magenta.de"},
		imap: implicit("secureimap.t-online.de", 993), submission: implicit("securesmtp.t-online.de", 465),
		note: "It takes the password for mail programs, which is set in the customer centre.",
	},
	{
		name: "mailbox.org", domains: []string{"mailbox.org"}, mx: "mailbox.org",
		imap: implicit("imap.mailbox.org", 993), submission: implicit("smtp.mailbox.org", 465),
	},
	{
		name: "Posteo", domains: []string{"posteo.de", "posteo.net", "posteo.eu"},
		imap: implicit("posteo.de", 993), submission: implicit("posteo.de", 465),
	},
	{
		name: "Zoho", domains: []string{"zohomail.com", "zoho.com"}, mx: "zoho.com",
		imap: implicit("imap.zoho.com", 993), submission: implicit("smtp.zoho.com", 465), note: "IMAP must be switched on in the settings of the account.",
	},
	{
		name: "Yandex", domains: []string{"yandex.com", "yandex.ru", "ya.ru"}, mx: "mx.yandex.net",
		imap: implicit("imap.yandex.com", 993), submission: implicit("smtp.yandex.com", 465), note: appPassword,
	},
	{
		name: "Mail.ru", domains: []string{"mail.ru", "bk.ru", "inbox.ru", "list.ru"}, mx: "emx.mail.ru",
		imap: implicit("imap.mail.ru", 993), submission: implicit("smtp.mail.ru", 465), note: appPassword,
	},
	{
		name: "Proton", domains: []string{"proton.me", "protonmail.com", "pm.me"}, mx: "protonmail.ch",
		imap: starttls("127.0.0.1", 1143), submission: starttls("127.0.0.1", 1025),
		note: "It has no IMAP of its own: Proton Mail Bridge must run on this machine; name and password are those that it shows.",
	},
}

func byDomain(domain string) (provider, bool) {
	i := slices.IndexFunc(providers, func(p provider) bool { return slices.Contains(p.domains, domain) })
	if i < 0 {
		return provider{}, false
	}
	return providers[i], true
}

func byMX(host string) (provider, bool) {
	i := slices.IndexFunc(providers, func(p provider) bool {
		return p.mx != "" && (host == p.mx || strings.HasSuffix(host, "."+p.mx))
	})
	if i < 0 {
		return provider{}, false
	}
	return providers[i], true
}

// found makes an answer of a row.
func (p provider) found(address, local string) Found {
	user := address
	if p.local {
		user = local
	}
	f := Found{IMAP: p.imap, Submission: p.submission, Source: "the help pages of " + p.name, OAuth2: p.oauth2, Note: p.note}
	f.IMAP.User, f.Submission.User = user, address
	return f
}
