package target

// accountProvider gives mail accounts to anybody. Its desk closes an account
// that takes the answers to spam, wherever the spam itself came from.
type accountProvider struct {
	name    string
	domains string // registered domains of its accounts
	desk    string // address that it gives for complaints about accounts; empty: none
	form    string // page where it takes them instead
}

// accountProviders are those with a desk or a form that they write about in
// public: the comment says where. Others are left out, for an address that is
// only guessed reaches nobody. A row needs a case in the tests.
var accountProviders = []accountProvider{
	// support.google.com/mail: complaints about accounts by form only
	{"Gmail", "gmail.com googlemail.com", "", "https://support.google.com/mail/contact/abuse"},
	// support.microsoft.com, "Phishing and suspicious behaviour in Outlook"
	{"Outlook.com", "outlook.com hotmail.com live.com msn.com passport.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.co.uk live.fr live.nl outlook.fr outlook.de outlook.es outlook.jp", "abuse@outlook.com", ""},
	// help.yahoo.com SLN26401: by form only
	{"Yahoo Mail", "yahoo.com ymail.com rocketmail.com myyahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.com.br yahoo.com.mx yahoo.com.ar yahoo.com.au yahoo.com.ph yahoo.co.id yahoo.com.vn yahoo.com.hk yahoo.com.tw", "", "https://help.yahoo.com/kb/SLN26401.html"},
	// help.aol.com, "Report abuse or spam on AOL": by form only
	{"AOL Mail", "aol.com aim.com", "", "https://help.aol.com/articles/report-abuse-or-spam-on-aol"},
	// support.apple.com 102568: abuse in and from icloud.com, me.com, mac.com
	{"Apple iCloud", "icloud.com me.com mac.com", "abuse@icloud.com", ""},
	// proton.me/support/report-abuse
	{"Proton Mail", "proton.me protonmail.com protonmail.ch pm.me", "abuse@proton.me", ""},
	// tuta.com/abuse, imprint: the company is tutao.de
	{"Tuta", "tuta.com tutanota.com tutanota.de tutamail.com tuta.io keemail.me", "abuse@tutao.de", ""},
	// postmaster.gmx.net, postmaster.web.de, postmaster.mail.com: by form only
	{"GMX", "gmx.net gmx.de gmx.com gmx.at gmx.ch gmx.us gmx.co.uk gmx.fr", "", "https://postmaster.gmx.net/en/phishing"},
	{"WEB.DE", "web.de email.de", "", "https://postmaster.web.de/en/phishing"},
	{"mail.com", "mail.com email.com usa.com post.com europe.com asia.com consultant.com dr.com engineer.com myself.com", "", "https://postmaster.mail.com/en/phishing"},
	// named in the answers of its servers: "report details to abuse@corp.mail.ru"
	{"Mail.ru", "mail.ru bk.ru list.ru inbox.ru internet.ru", "abuse@corp.mail.ru", ""},
	// RIPE database, role of the network's mail service: "SPAM issues: abuse@yandex.ru"
	{"Yandex", "yandex.ru yandex.com ya.ru yandex.by yandex.kz yandex.ua", "abuse@yandex.ru", ""},
	// zoho.com, anti-spam policy; foot of the mail that its services send
	{"Zoho Mail", "zoho.com zohomail.com zohomail.eu zohomail.in zoho.in zoho.eu", "abuse@zohocorp.com", ""},
	// fastmail.help, "Phishing"
	{"Fastmail", "fastmail.com fastmail.fm sent.com mailbolt.com", "abuse@fastmail.com", ""},
	// kb.mailfence.com, "Where should I send abuse reports"
	{"Mailfence", "mailfence.com", "abuse@mailfence.com", ""},
	// posteo.de/en/site/contact
	{"Posteo", "posteo.de posteo.net posteo.eu", "abuse@posteo.de", ""},
	// help.runbox.com, "Spam, phishing and other abuse of our services"
	{"Runbox", "runbox.com", "abuse@runbox.com", ""},
	// bt.com/help/security, "How to report abuse and phishing"
	{"BT Mail", "btinternet.com btopenworld.com", "abuse@bt.com", ""},
	// spark.co.nz, "Report a scam": wants screenshots of what its accounts do
	{"Xtra Mail", "xtra.co.nz", "", "https://www.spark.co.nz/help/privacy-and-safety/scams-safety/report-a-scam/"},

	// Known to be such providers; where they take complaints is not known to us.
	{"QQ Mail", "qq.com foxmail.com", "", ""},
	{"NetEase", "163.com 126.com yeah.net 188.com", "", ""},
	{"Sina", "sina.com sina.cn", "", ""},
	{"Naver", "naver.com", "", ""},
	{"Daum", "daum.net hanmail.net", "", ""},
	{"Rediffmail", "rediffmail.com", "", ""},
	{"Rambler", "rambler.ru lenta.ru", "", ""},
	{"Seznam", "seznam.cz email.cz", "", ""},
	{"WP", "wp.pl o2.pl", "", ""},
	{"Libero", "libero.it virgilio.it", "", ""},
}
