package doctor

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"spamreport/complaint"
)

// freemail is a provider whose domains only its own servers send for.
type freemail struct {
	name       string
	smarthost  string // where its users send from
	domains    string
	smarthosts string // registered domains of its servers; that of smarthost when empty
}

// freemails are the large ones. Everybody else shows by SPF and DMARC alone.
var freemails = []freemail{
	{name: "Google", smarthost: "smtp.gmail.com:587", domains: "gmail.com googlemail.com", smarthosts: "gmail.com google.com"},
	{name: "Microsoft", smarthost: "smtp-mail.outlook.com:587", domains: "outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de outlook.de outlook.fr live.co.uk", smarthosts: "outlook.com office365.com"},
	{name: "Yahoo", smarthost: "smtp.mail.yahoo.com:465", domains: "yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.in yahoo.com.br", smarthosts: "yahoo.com"},
	{name: "AOL", smarthost: "smtp.aol.com:465", domains: "aol.com aim.com"},
	{name: "Yahoo Japan", smarthost: "smtp.mail.yahoo.co.jp:465", domains: "yahoo.co.jp"},
	{name: "Apple", smarthost: "smtp.mail.me.com:587", domains: "icloud.com me.com mac.com"},
	{name: "GMX", smarthost: "mail.gmx.net:587", domains: "gmx.net gmx.de gmx.at gmx.ch gmx.com gmx.us gmx.co.uk gmx.fr", smarthosts: "gmx.net gmx.com"},
	{name: "mail.com", smarthost: "smtp.mail.com:587", domains: "mail.com email.com"},
	{name: "WEB.DE", smarthost: "smtp.web.de:587", domains: "web.de"},
	{name: "Deutsche Telekom", smarthost: "securesmtp.t-online.de:587", domains: "t-online.de magenta.de"},
	{name: "Proton", smarthost: "127.0.0.1:1025", domains: "proton.me protonmail.com pm.me"}, // its Bridge
	{name: "Fastmail", smarthost: "smtp.fastmail.com:465", domains: "fastmail.com fastmail.fm"},
	{name: "Zoho", smarthost: "smtp.zoho.com:465", domains: "zoho.com zohomail.com", smarthosts: "zoho.com zoho.eu"},
	{name: "Yandex", smarthost: "smtp.yandex.com:465", domains: "yandex.ru yandex.com ya.ru", smarthosts: "yandex.com yandex.ru"},
	{name: "Mail.ru", smarthost: "smtp.mail.ru:465", domains: "mail.ru inbox.ru list.ru bk.ru internet.ru"},
	{name: "Orange", smarthost: "smtp.orange.fr:465", domains: "orange.fr wanadoo.fr"},
	{name: "Free", smarthost: "smtp.free.fr:465", domains: "free.fr"},
	{name: "Libero", smarthost: "smtp.libero.it:465", domains: "libero.it"},
	{name: "Comcast", smarthost: "smtp.comcast.net:587", domains: "comcast.net"},
	{name: "AT&T", smarthost: "smtp.mail.att.net:465", domains: "att.net sbcglobal.net bellsouth.net", smarthosts: "att.net"},
	{name: "Tencent", smarthost: "smtp.qq.com:465", domains: "qq.com foxmail.com"},
	{name: "NetEase", smarthost: "smtp.163.com:465", domains: "163.com 126.com yeah.net", smarthosts: "163.com 126.com yeah.net"},
	{name: "Naver", smarthost: "smtp.naver.com:465", domains: "naver.com"},
}

func freemailOf(domain string) (freemail, bool) {
	for _, f := range freemails {
		for d := range strings.FieldsSeq(f.domains) {
			if d == domain {
				return f, true
			}
		}
	}
	return freemail{}, false
}

// takes reports whether a smarthost is one of the provider's.
func (f freemail) takes(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() || host == "localhost" {
		return true // a bridge or relay of the user's own, which knows where to go
	}
	theirs, _, _ := net.SplitHostPort(f.smarthost)
	for d := range strings.FieldsSeq(f.smarthosts + " " + registered(theirs)) {
		if d == registered(host) {
			return true
		}
	}
	return false
}

// registered is the domain that somebody registered (DMARC's organizational
// domain, RFC 7489 §3.2).
func registered(name string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(strings.TrimSuffix(name, ".")))
	if err != nil {
		return strings.ToLower(name)
	}
	return domain
}

// from says whose domain complaints come from, and whether that can work.
func (s Setup) from(context.Context, sender) Result {
	domain := s.fromDomain()
	if domain == "" {
		return fail("set email in [identity]", "no address that complaints come from and desks answer to")
	}
	if err := (complaint.Identity{Email: s.Config.Identity.Email}).Validate(); err != nil {
		return fail("set email in [identity] to an address that the whole Internet knows", "%s", err)
	}
	provider, is := freemailOf(domain)
	switch {
	case !is:
		return ok("complaints come from %s", s.Config.Identity.Email)
	case s.Smarthost != nil && provider.takes(s.Smarthost.Address):
		return ok("complaints come from %s, through %s", s.Config.Identity.Email, s.Smarthost.Address)
	}
	return fail(`send through the provider: smarthost = "`+provider.smarthost+`" in [relay]; or use an address of a domain of your own in [identity]`,
		"%s belongs to %s: mail From: %s that comes from other servers counts as forged, and is refused or filed as spam",
		domain, provider.name, s.Config.Identity.Email)
}

// theProviders says that a domain's records are the business of its provider.
func (s Setup) theProviders() (Result, bool) {
	provider, is := freemailOf(s.fromDomain())
	return skip("%s looks after %s", provider.name, s.fromDomain()), is
}
