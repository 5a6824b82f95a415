package lookup

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/gaissmai/bart"
)

// rir is a row of the regional registries: who they are and what IANA gave
// them. It answers where RDAP's bootstrap files or IANA's WHOIS cannot be
// reached, and saves WHOIS the query to IANA. Space moves between registries
// in small pieces; they then refer to each other.
type rir struct {
	name  string
	whois string
	rdap  string
	v4    string // first octets, "a-b" for runs
	v6    string
}

var rirs = []rir{
	{
		name: "ARIN", whois: "whois.arin.net", rdap: "https://rdap.arin.net/registry/",
		v4: "3-4 6-9 11-13 15-24 26 28-30 32-35 38 40 44-45 47-48 50 52 54-56 63-76 96-100 104 107-108 " +
			"128-132 134-140 142-144 146-149 152 155-162 164-170 172-174 184 192 198-199 204-209 214-216",
		v6: "2001:400::/23 2001:1800::/23 2001:4800::/23 2600::/12 2610::/23 2620::/23 2630::/12",
	},
	{
		name: "RIPE NCC", whois: "whois.ripe.net", rdap: "https://rdap.db.ripe.net/",
		v4: "2 5 25 31 37 46 51 53 57 62 77-95 109 141 145 151 176 178 185 188 193-195 212-213 217",
		v6: "2001:600::/23 2001:800::/22 2001:1400::/22 2001:1a00::/23 2001:1c00::/22 2001:2000::/19 2001:4000::/23 " +
			"2001:4600::/23 2001:4a00::/23 2001:4c00::/23 2001:5000::/20 2003::/18 2a00::/12 2a10::/12",
	},
	{
		name: "APNIC", whois: "whois.apnic.net", rdap: "https://rdap.apnic.net/",
		v4: "1 14 27 36 39 42-43 49 58-61 101 103 106 110-126 133 150 153 163 171 175 180 182-183 202-203 210-211 218-223",
		v6: "2001:200::/23 2001:c00::/23 2001:e00::/23 2001:4400::/23 2001:8000::/19 2001:a000::/20 2001:b000::/20 2400::/12 2410::/12",
	},
	{
		name: "LACNIC", whois: "whois.lacnic.net", rdap: "https://rdap.lacnic.net/rdap/",
		v4: "177 179 181 186-187 189-191 200-201",
		v6: "2001:1200::/23 2800::/12",
	},
	{
		name: "AFRINIC", whois: "whois.afrinic.net", rdap: "https://rdap.afrinic.net/rdap/",
		v4: "41 102 105 154 196-197",
		v6: "2001:4200::/23 2c00::/12",
	},
}

const (
	whoisIANA = "whois.iana.org"
	whoisARIN = "whois.arin.net"
)

// nir is a national registry below APNIC: APNIC's answer for its space names
// the registry itself as the abuse contact, and the true one stands in the
// national registry's own WHOIS.
type nir struct {
	mark  string // what an APNIC answer for its space contains, lower case
	whois string
}

var nirs = []nir{
	{"irt-jpnic-jp", "whois.nic.ad.jp"},
	{"maint-jpnic", "whois.nic.ad.jp"},
	{"whois.nic.ad.jp", "whois.nic.ad.jp"},
	{"irt-krnic-kr", "whois.krnic.net"},
	{"mnt-krnic-ap", "whois.krnic.net"},
	{"whois.krnic.net", "whois.krnic.net"},
	{"maint-tw-twnic", "whois.twnic.net"},
	{"irt-twnic-ap", "whois.twnic.net"},
	{"whois.twnic.net", "whois.twnic.net"},
}

// domainWHOIS names the WHOIS server of top-level domains whose server is not
// whois.nic.TLD, the name that ICANN prescribes for new ones.
var domainWHOIS = map[string]string{
	"com": "whois.verisign-grs.com", "net": "whois.verisign-grs.com", "cc": "ccwhois.verisign-grs.com",
	"name": "whois.nic.name", "org": "whois.publicinterestregistry.org", "ngo": "whois.publicinterestregistry.org",
	"info": "whois.nic.info", "biz": "whois.nic.biz", "mobi": "whois.nic.mobi", "edu": "whois.educause.edu",
	"gov": "whois.dotgov.gov", "int": "whois.iana.org", "app": "whois.nic.google", "dev": "whois.nic.google",
	"at": "whois.nic.at", "au": "whois.auda.org.au", "be": "whois.dns.be", "br": "whois.registro.br", "ca": "whois.cira.ca",
	"ch": "whois.nic.ch", "cl": "whois.nic.cl", "cn": "whois.cnnic.cn", "co": "whois.registry.co", "cz": "whois.nic.cz",
	"de": "whois.denic.de", "dk": "whois.punktum.dk", "ee": "whois.tld.ee", "eu": "whois.eu", "fi": "whois.fi", "fr": "whois.nic.fr",
	"hk": "whois.hkirc.hk", "hr": "whois.dns.hr", "hu": "whois.nic.hu", "id": "whois.id", "ie": "whois.weare.ie",
	"il": "whois.isoc.org.il", "in": "whois.nixiregistry.in", "io": "whois.nic.io", "ir": "whois.nic.ir", "is": "whois.isnic.is",
	"it": "whois.nic.it", "jp": "whois.jprs.jp", "kr": "whois.kr", "kz": "whois.nic.kz", "lt": "whois.domreg.lt",
	"lu": "whois.dns.lu", "lv": "whois.nic.lv", "me": "whois.nic.me", "mx": "whois.mx", "my": "whois.mynic.my",
	"nl": "whois.domain-registry.nl", "no": "whois.norid.no", "nu": "whois.iis.nu", "nz": "whois.irs.net.nz", "pl": "whois.dns.pl",
	"pt": "whois.dns.pt", "ro": "whois.rotld.ro", "rs": "whois.rnids.rs", "ru": "whois.tcinet.ru", "se": "whois.iis.se",
	"sg": "whois.sgnic.sg", "si": "whois.register.si", "sk": "whois.sk-nic.sk", "su": "whois.tcinet.ru", "th": "whois.thnic.co.th",
	"tr": "whois.trabis.gov.tr", "tv": "whois.nic.tv", "tw": "whois.twnic.net.tw", "ua": "whois.ua", "uk": "whois.nic.uk",
	"us": "whois.nic.us", "ws": "whois.website.ws", "xyz": "whois.nic.xyz", "za": "whois.registry.net.za",
}

// whoisQueries writes a query in the language of a server; "%s" is the
// subject. Servers that are not named take the bare subject. (ARIN's "n +" and
// "a +" are the WHOIS library's work.)
var whoisQueries = map[string]string{
	"whois.denic.de":   "-T dn,ace %s",
	"whois.jprs.jp":    "%s/e",
	"whois.nic.ad.jp":  "%s/e",
	"whois.punktum.dk": "--show-handles %s",
}

// rirTable finds the registry of an address.
func rirTable() *bart.Table[*rir] {
	t := new(bart.Table[*rir])
	for i := range rirs {
		row := &rirs[i]
		for field := range strings.FieldsSeq(row.v4) {
			for octet := range octets(field) {
				t.Insert(netip.PrefixFrom(netip.AddrFrom4([4]byte{octet}), 8), row)
			}
		}
		for field := range strings.FieldsSeq(row.v6) {
			t.Insert(netip.MustParsePrefix(field), row)
		}
	}
	return t
}

// octets yields the numbers of "7" or "4-9".
func octets(field string) func(func(byte) bool) {
	from, to, isRun := strings.Cut(field, "-")
	if !isRun {
		to = from
	}
	first, _ := strconv.Atoi(from)
	last, _ := strconv.Atoi(to)
	return func(yield func(byte) bool) {
		for n := first; n <= last; n++ {
			if !yield(byte(n)) { // #nosec G115 -- at most 255
				return
			}
		}
	}
}
