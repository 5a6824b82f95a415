package lookup

import (
	"strings"
)

// never is a row of the never-mail table. An address matches when its domain
// is domain or below it, and its local part is local ("" is any; a trailing
// "*" matches a beginning).
type never struct {
	local  string
	domain string
	why    string
}

// Why somebody is never mailed.
const (
	whyRegistry    = "a registry, which does not run the network"
	whyCERT        = "a national response team, which registries name in every answer"
	whyPlaceholder = "a placeholder that no one reads"
	whyPrivacy     = "a privacy service or the owner of a domain, not a desk"
	whyReserved    = "a domain that cannot receive mail (RFC 2606, RFC 6761)"
)

// neverMail is the list. Registries hand out addresses; they neither run the
// networks nor act on spam from them, and complaints to their hostmasters are
// themselves a nuisance. A row of "" as the domain matches in every domain.
var neverMail = []never{
	// Global and regional registries (RIRs).
	{"", "iana.org", whyRegistry},
	{"", "icann.org", whyRegistry},
	{"", "internic.net", whyRegistry},
	{"", "nro.net", whyRegistry},
	{"", "arin.net", whyRegistry},
	{"", "ripe.net", whyRegistry},
	{"", "apnic.net", whyRegistry},
	{"", "lacnic.net", whyRegistry},
	{"", "afrinic.net", whyRegistry},
	// National registries (NIRs) below APNIC and LACNIC.
	{"", "nic.ad.jp", whyRegistry},
	{"", "nic.or.kr", whyRegistry},
	{"", "krnic.or.kr", whyRegistry},
	{"", "krnic.net", whyRegistry},
	{"", "krnic.kr", whyRegistry},
	{"", "nida.or.kr", whyRegistry},
	{"", "kisa.or.kr", whyRegistry},
	{"", "kisa.kr", whyRegistry},
	{"", "cnnic.cn", whyRegistry},
	{"", "cnnic.net.cn", whyRegistry},
	{"", "cnnic.net", whyRegistry},
	{"", "twnic.net", whyRegistry},
	{"", "twnic.net.tw", whyRegistry},
	{"", "twnic.tw", whyRegistry},
	{"", "irinn.in", whyRegistry},
	{"", "nixi.in", whyRegistry},
	{"", "idnic.net", whyRegistry},
	{"", "idnic.id", whyRegistry},
	{"", "apjii.or.id", whyRegistry},
	{"", "vnnic.vn", whyRegistry},
	{"", "vnnic.net.vn", whyRegistry},
	{"", "registro.br", whyRegistry},
	{"", "nic.br", whyRegistry},
	{"", "nic.mx", whyRegistry},
	{"", "iar.mx", whyRegistry},
	{"", "nic.ar", whyRegistry},
	{"", "nic.cl", whyRegistry},
	{"", "ra.net", whyRegistry},
	{"", "radb.net", whyRegistry},

	// Named in remarks and comments of answers, never the network's desk.
	{"", "cert.br", whyCERT},
	{"", "krcert.or.kr", whyCERT},
	{"", "boho.or.kr", whyCERT},
	{"", "certcc.or.kr", whyCERT},
	{"", "jpcert.or.jp", whyCERT},
	{"", "cert.org.cn", whyCERT},
	{"", "twcert.org.tw", whyCERT},

	// Placeholders, whatever the domain.
	{"noreply*", "", whyPlaceholder},
	{"no-reply*", "", whyPlaceholder},
	{"no_reply*", "", whyPlaceholder},
	{"no.reply*", "", whyPlaceholder},
	{"donotreply*", "", whyPlaceholder},
	{"do-not-reply*", "", whyPlaceholder},
	{"do_not_reply*", "", whyPlaceholder},
	{"nobody", "", whyPlaceholder},
	{"noone", "", whyPlaceholder},
	{"devnull", "", whyPlaceholder},
	{"dev-null", "", whyPlaceholder},
	{"null", "", whyPlaceholder},
	{"none", "", whyPlaceholder},
	{"unread", "", whyPlaceholder},
	{"bitbucket", "", whyPlaceholder},
	{"blackhole", "", whyPlaceholder},
	{"noemail*", "", whyPlaceholder},
	{"noaddress*", "", whyPlaceholder},
	{"no-address*", "", whyPlaceholder},
	{"dev.null", "", whyPlaceholder},
	{"void", "", whyPlaceholder},
	{"dummy", "", whyPlaceholder},
	{"bounce", "", whyPlaceholder},
	{"bounces", "", whyPlaceholder},
	{"removed", "", whyPlaceholder},
	{"deleted", "", whyPlaceholder},
	{"notprovided*", "", whyPlaceholder},
	{"not-provided*", "", whyPlaceholder},
	{"not.provided*", "", whyPlaceholder},
	{"not.applicable", "", whyPlaceholder},
	{"not-applicable", "", whyPlaceholder},
	{"notapplicable", "", whyPlaceholder},
	{"undisclosed*", "", whyPlaceholder},
	{"no-email*", "", whyPlaceholder},
	{"nomail*", "", whyPlaceholder},
	{"unknown", "", whyPlaceholder},
	{"not-disclosed*", "", whyPlaceholder},
	{"notdisclosed*", "", whyPlaceholder},
	{"redacted*", "", whyPlaceholder},
	{"mailer-daemon", "", whyPlaceholder},
	// The mirrors of registries write the date of a change behind this one.
	{"hm-changed", "", whyRegistry},
	{"changed", "", whyPlaceholder},

	// Domain privacy. Registrars' own desks are elsewhere in their domains.
	{"", "whoisguard.com", whyPrivacy},
	{"", "domainsbyproxy.com", whyPrivacy},
	{"", "withheldforprivacy.com", whyPrivacy},
	{"", "whoisprivacyprotect.com", whyPrivacy},
	{"", "contactprivacy.com", whyPrivacy},
	{"", "privacyguardian.org", whyPrivacy},
	{"", "whoisproxy.com", whyPrivacy},
	{"", "identity-protect.org", whyPrivacy},
	{"", "anonymised.email", whyPrivacy},

	// Names that no mail reaches. ".example" and example.org are left to the
	// relay: they have no MX, and tests are written with them.
	{"", "invalid", whyReserved},
	{"", "localhost", whyReserved},
	{"", "localdomain", whyReserved},
	{"", "local", whyReserved},
	{"", "onion", whyReserved},
	{"", "arpa", whyReserved},
	{"", "internal", whyReserved},
}

// NeverMail tells whether an address must never get a complaint, and why. It
// looks only at the address itself: whether it bounced before is known to the
// relay (Options.Suppressed).
func NeverMail(email string) (why string, never bool) {
	normal, ok := normalEmail(email)
	if !ok || isASCII(email) && !strings.EqualFold(normal, email) {
		return "not an e-mail address that can be delivered to", true
	}
	at := strings.LastIndexByte(normal, '@')
	local, domain := normal[:at], normal[at+1:]
	for _, row := range neverMail {
		if row.matches(local, domain) {
			return row.why, true
		}
	}
	return "", false
}

func (n never) matches(local, domain string) bool {
	if n.domain != "" && domain != n.domain && !strings.HasSuffix(domain, "."+n.domain) {
		return false
	}
	if start, wild := strings.CutSuffix(n.local, "*"); wild {
		return strings.HasPrefix(local, start)
	}
	return n.local == "" || local == n.local
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
