package bounce

import (
	"net/url"
	"strings"
)

// Helpdesk is where a sender that a provider blocks can see why and ask for
// the block to be lifted.
type Helpdesk struct {
	Name string
	URL  string
}

// helpdesks are those of the big providers and lists. A row fits a reply that
// has one of its words (in lower case), or a recipient at one of its domains.
// Lists come first: a provider that quotes one only passes its verdict on.
var helpdesks = []struct {
	Helpdesk
	words   []string
	domains []string
}{
	{Helpdesk{"Spamhaus", "https://check.spamhaus.org/"}, []string{"spamhaus"}, nil},
	{Helpdesk{"SpamCop", "https://www.spamcop.net/bl.shtml"}, []string{"spamcop"}, nil},
	{Helpdesk{"Barracuda", "https://www.barracudacentral.org/rbl/removal-request"}, []string{"barracuda"}, nil},
	{Helpdesk{"Abusix", "https://lookup.abusix.com/"}, []string{"abusix", "mail.abusix.zone"}, nil},
	{Helpdesk{"UCEPROTECT", "https://www.uceprotect.net/en/rblcheck.php"}, []string{"uceprotect"}, nil},
	{Helpdesk{"PSBL", "https://psbl.org/remove"}, []string{"psbl.org", "psbl.surriel"}, nil},
	{Helpdesk{"SORBS", "https://www.sorbs.net/"}, []string{"sorbs.net"}, nil},
	{Helpdesk{"Trend Micro", "https://servicecentral.trendmicro.com/en-us/ers/"}, []string{"trendmicro", "mail-abuse.com"}, nil},
	{Helpdesk{"Invaluement", "https://www.invaluement.com/lookup/"}, []string{"invaluement", "ivmsip"}, nil},
	{Helpdesk{"Cisco Talos", "https://talosintelligence.com/reputation_center/"}, []string{"senderbase", "talosintelligence", "ironport", "cisco talos"}, nil},
	{Helpdesk{"Proofpoint", "https://ipcheck.proofpoint.com/"}, []string{"proofpoint", "cloudmark", "pphosted"}, nil},
	{Helpdesk{"Mimecast", "https://community.mimecast.com/s/article/email-security-cloud-gateway-mimecast-smtp-error-codes"}, []string{"mimecast"}, nil},
	{Helpdesk{"Sophos", "https://support.sophos.com/"}, []string{"sophos"}, nil},
	{Helpdesk{"Fortinet", "https://www.fortiguard.com/services/as"}, []string{"fortiguard", "fortinet"}, nil},
	{Helpdesk{"Gmail", "https://support.google.com/mail/contact/gmail_bulk_sender_escalation"}, []string{"gsmtp", "support.google.com"}, []string{"gmail.com", "googlemail.com"}},
	{
		Helpdesk{"Microsoft 365", "https://sender.office.com/"},
		[]string{"delist@microsoft.com", "sender.office.com", "protection.outlook.com", "banned sending ip"},
		nil,
	},
	{
		Helpdesk{"Outlook.com (SNDS)", "https://olcsupport.office.com/"},
		[]string{"postmaster.live.com", "s3140", "s3150", "olcsupport"},
		[]string{"outlook.com", "hotmail.com", "live.com", "msn.com", "hotmail.co.uk", "hotmail.fr", "outlook.de", "outlook.fr"},
	},
	{
		Helpdesk{"Yahoo and AOL", "https://senders.yahooinc.com/contact/"},
		[]string{"postmaster.yahooinc.com", "senders.yahooinc", "[tss04]", "yahoo.com/bulk"},
		[]string{"yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com", "aol.com", "verizon.net"},
	},
	{Helpdesk{"iCloud", "https://support.apple.com/en-us/102322"}, []string{"icloudadmin", "support.apple.com"}, []string{"icloud.com", "me.com", "mac.com"}},
	{Helpdesk{"GMX and WEB.DE", "https://postmaster.gmx.net/en/case"}, []string{"postmaster.gmx", "postmaster.web.de", "gmx.net"}, []string{"gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "mail.com"}},
	{Helpdesk{"IONOS", "https://postmaster.1und1.de/en/case"}, []string{"postmaster.1and1", "postmaster.1und1", "kundenserver.de"}, nil},
	{Helpdesk{"T-Online", "https://postmaster.t-online.de/"}, []string{"tosa@rx.t-online.de", "postmaster.t-online"}, []string{"t-online.de", "magenta.de"}},
	{Helpdesk{"freenet", "https://postmaster.freenet.de/"}, []string{"postmaster.freenet"}, []string{"freenet.de"}},
	{Helpdesk{"Orange", "https://postmaster.orange.fr/"}, []string{"postmaster.orange", "ofr_"}, []string{"orange.fr", "wanadoo.fr"}},
	{Helpdesk{"La Poste", "https://www.laposte.net/accueil"}, []string{"laposte.net"}, []string{"laposte.net"}},
	{Helpdesk{"Free", "https://postmaster.free.fr/"}, []string{"postmaster.free.fr"}, []string{"free.fr"}},
	{Helpdesk{"Libero", "https://aiuto.libero.it/"}, []string{"libero.it"}, []string{"libero.it", "virgilio.it", "inwind.it"}},
	{Helpdesk{"Comcast", "https://spa.xfinity.com/report"}, []string{"comcast", "xfinity"}, []string{"comcast.net"}},
	{Helpdesk{"AT&T", "https://forms.att.com/rbl-removal"}, []string{"abuse_rbl@abuse-att.net", "att.net/blocks"}, []string{"att.net", "sbcglobal.net", "bellsouth.net"}},
	{Helpdesk{"Charter", "https://www.spectrum.net/support/internet/understanding-email-error-codes"}, []string{"spectrum.net", "charter.net"}, []string{"charter.net", "spectrum.net"}},
	{Helpdesk{"Cox", "https://www.cox.com/residential/support/email-error-codes.html"}, []string{"cox.com", "cox.net"}, []string{"cox.net"}},
	{Helpdesk{"Mail.ru", "https://postmaster.mail.ru/"}, []string{"postmaster.mail.ru", "help.mail.ru", "notice.mail.ru"}, []string{"mail.ru", "inbox.ru", "list.ru", "bk.ru"}},
	{Helpdesk{"Yandex", "https://postmaster.yandex.com/"}, []string{"yandex"}, []string{"yandex.ru", "yandex.com", "ya.ru"}},
	{Helpdesk{"QQ Mail", "https://open.mail.qq.com/"}, []string{"mail.qq.com"}, []string{"qq.com", "foxmail.com"}},
	{Helpdesk{"NetEase", "https://mail.163.com/postmaster/"}, []string{"mail.163.com", "help.163.com"}, []string{"163.com", "126.com", "yeah.net"}},
	{Helpdesk{"Naver", "https://help.naver.com/"}, []string{"naver"}, []string{"naver.com"}},
	{Helpdesk{"Zoho", "https://www.zoho.com/mail/help/adminconsole/email-delivery-issues.html"}, []string{"zoho"}, []string{"zoho.com", "zohomail.com"}},
	{Helpdesk{"Proton", "https://proton.me/support"}, []string{"proton.me", "protonmail"}, []string{"proton.me", "protonmail.com"}},
	{Helpdesk{"GoDaddy", "https://unblock.secureserver.net/"}, []string{"secureserver.net"}, nil},
	{Helpdesk{"Rackspace", "https://www.rackspace.com/support"}, []string{"emailsrvr.com"}, nil},
}

// WhereToAsk finds the help desk behind a refusal: by what the reply says, then
// by the domain of the recipient.
func WhereToAsk(reply, recipient string) (Helpdesk, bool) {
	reply = strings.ToLower(reply[:min(len(reply), MaxText)])
	for _, row := range helpdesks {
		if containsAny(reply, row.words) {
			return row.Helpdesk, true
		}
	}
	domain := strings.ToLower(recipient[strings.LastIndexByte(recipient, '@')+1:])
	for _, row := range helpdesks {
		for _, d := range row.domains {
			if domain == d {
				return row.Helpdesk, true
			}
		}
	}
	return Helpdesk{}, false
}

// HelpPage is the page that a reply refers to, if it is one that a person can
// be sent to: http or https, a host, and no login in it. It is shown, never
// fetched. Others wrote it, so whoever shows it as more than text has to quote
// it for that.
func HelpPage(reply string) string {
	page := helpLink(reply[:min(len(reply), MaxText)])
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || !strings.Contains(u.Hostname(), ".") {
		return ""
	}
	return u.String()
}
