package lookup

import "regexp"

// The tables below are what is known about registries' WHOIS answers. A new
// dialect is a row here and an answer in the tests.

// contactRule says what an e-mail address in an attribute is.
type contactRule struct {
	who  string // whose dialect; for the reader and the tests
	key  string // the attribute, lower case
	head string // what the heading contains; "" for any
	role string
	conf Confidence
	// order of High rows within one answer: 0 is the network's own.
	order int
}

var contactRules = []contactRule{
	// ARIN: R… belongs to the network itself, Org… to its organisation.
	{who: "ARIN", key: "rabuseemail", role: "abuse", conf: High},
	{who: "ARIN", key: "orgabuseemail", role: "abuse", conf: High, order: 1},
	{who: "ARIN", key: "abuseemail", role: "abuse", conf: High, order: 1},
	{who: "ARIN", key: "rnocemail", role: "noc", conf: Low},
	{who: "ARIN", key: "orgnocemail", role: "noc", conf: Low, order: 1},
	{who: "ARIN", key: "nocemail", role: "noc", conf: Low, order: 1},
	{who: "ARIN", key: "rtechemail", role: "technical", conf: Low},
	{who: "ARIN", key: "orgtechemail", role: "technical", conf: Low, order: 1},
	{who: "ARIN", key: "techemail", role: "technical", conf: Low, order: 1},

	// RPSL: RIPE, APNIC, AFRINIC and the mirrors of national registries. The
	// comment line "Abuse contact for …" is read apart from the attributes.
	{who: "RPSL", key: "abuse-mailbox", role: "abuse", conf: High, order: 1},

	// JPNIC: "o. [Abuse]  abuse@…".
	{who: "JPNIC", key: "abuse", role: "abuse", conf: High},
	{who: "JPNIC", key: "abuse contact", role: "abuse", conf: High},

	// KRNIC: headings in brackets, English and Korean.
	{who: "KRNIC", key: "e-mail", head: "abuse", role: "abuse", conf: High},
	{who: "KRNIC", key: "전자우편", head: "abuse", role: "abuse", conf: High},
	{who: "KRNIC", key: "전자우편", head: "스팸", role: "abuse", conf: High},
	{who: "KRNIC", key: "e-mail", head: "tech", role: "technical", conf: Low},
	{who: "KRNIC", key: "e-mail", head: "admin", role: "administrative", conf: Low},
	{who: "KRNIC", key: "e-mail", head: "network information", role: "technical", conf: Low},
	{who: "KRNIC", key: "전자우편", role: "technical", conf: Low},

	// TWNIC: headings with indented lines.
	{who: "TWNIC", key: "spam contact", role: "abuse", conf: High},
	{who: "TWNIC", key: "technical contact", role: "technical", conf: Low},
	{who: "TWNIC", key: "administrator contact", role: "administrative", conf: Low},

	// rwhois: network:Key;I:value.
	{who: "rwhois", key: "abuse-contact", role: "abuse", conf: High},
	{who: "rwhois", key: "abuse_contact", role: "abuse", conf: High},
	{who: "rwhois", key: "abuse-email", role: "abuse", conf: High},
	{who: "rwhois", key: "abuse_email", role: "abuse", conf: High},
	{who: "rwhois", key: "org-abuse-contact", role: "abuse", conf: High, order: 1},
	{who: "rwhois", key: "org-abuse-email", role: "abuse", conf: High, order: 1},
	{who: "rwhois", key: "tech-contact", role: "technical", conf: Low},
	{who: "rwhois", key: "tech-email", role: "technical", conf: Low},
	{who: "rwhois", key: "admin-contact", role: "administrative", conf: Low},
	{who: "rwhois", key: "email", role: "contact", conf: Low},
}

// domainRules are for answers about a domain. Only the registrar is asked to
// act: the contacts of the domain itself may be the spammer's.
var domainRules = []contactRule{
	{who: "gTLD", key: "registrar abuse contact email", role: "abuse", conf: High},
	{who: "gTLD", key: "registrar abuse contact e-mail", role: "abuse", conf: High},
	{who: "gTLD", key: "registrar abuse email", role: "abuse", conf: High},
	{who: "gTLD", key: "registrar abuse contact", role: "abuse", conf: High},
	{who: "gTLD", key: "abuse contact email", role: "abuse", conf: High},
	{who: "gTLD", key: "abuse contact", role: "abuse", conf: High},
	{who: "gTLD", key: "abuse email", role: "abuse", conf: High},
	{who: ".ua", key: "abuse-email", role: "abuse", conf: High},
	{who: "RPSL", key: "abuse-mailbox", role: "abuse", conf: High},
	{who: "FRED", key: "abuse e-mail", role: "abuse", conf: High},
	{who: ".nl", key: "abuse contact", role: "abuse", conf: High},
	{who: ".hk", key: "registrar contact information", role: "registrar", conf: Low},
	{who: ".hk", key: "email", head: "registrar contact", role: "registrar", conf: Low},
	{who: ".lt", key: "registrar email", role: "registrar", conf: Low},
	{who: ".nz", key: "registrar_email", role: "registrar", conf: Low},
	{who: ".lu", key: "registrar-email", role: "registrar", conf: Low},
	{who: "gTLD", key: "registrar e-mail", role: "registrar", conf: Low},
	{who: "gTLD", key: "registrar contact email", role: "registrar", conf: Low},
	{who: "gTLD", key: "registrar customer service email", role: "registrar", conf: Low},
	{who: ".sk", key: "email", head: "registrar", role: "registrar", conf: Low},
	{who: ".fr", key: "e-mail", head: "registrar", role: "registrar", conf: Low},
}

// abuseComment is the line by which RIPE and APNIC servers say who the
// abuse-c of a network is; it is worth more than any object.
var abuseComment = compiled(`(?i)^abuse contact for .* is '([^']+)'`)

// remarkKeys are attributes that hold running text (see abuseInRemarks).
var remarkKeys = map[string]bool{
	"remarks": true, "comment": true, "descr": true, "trouble": true, "info": true, "note": true, "notes": true,
	"comments": true, "abuse-comment": true, "remark": true, "description": true, "": true,
}

// ignoredKeys name addresses of people who maintain the record, or who
// changed it; none of them is meant for complaints.
var ignoredKeys = map[string]bool{
	"changed": true, "notify": true, "upd-to": true, "mnt-nfy": true, "ref-nfy": true, "irt-nfy": true, "mnt-by": true,
	"auth": true, "source": true, "ref": true, "updated": true, "created": true, "last-modified": true, "nserver": true,
	"query": true, "server": true, "orgdnsemail": true, "orgroutingemail": true, "rdnsemail": true, "rroutingemail": true,
	"updated-by": true, "dns-email": true, "hostmaster": true,
}

// contactRefs are attributes by which an RPSL or LACNIC network names the
// handles of its contacts; their objects' e-mail lines get the role.
var contactRefs = map[string]string{
	"abuse-c": "abuse", "tech-c": "technical", "admin-c": "administrative", "owner-c": "registrant", "org": "registrant",
	"routing-c": "routing", "mnt-irt": "security", "zone-c": "technical",
}

// JPNIC names the contacts of a network by handles ("JP00000000",
// "AB1234JP"), and leaves the abuse line out of many answers.
var (
	handleValue = compiled(`^(?:JP\d{6,10}|[A-Z]{2,4}\d{2,6}JP)$`)
	handleRoles = map[string]string{
		"technical contact": "technical", "administrative contact": "administrative",
		"技術連絡担当者": "technical", "管理者連絡窓口": "administrative",
	}
)

// handleKeys are attributes by which an object says its own handle.
var handleKeys = []string{"nic-hdl", "nic-hdl-br", "irt", "organisation"}

// What an answer says about the network.
var (
	networkKeys = map[string]bool{
		"inetnum": true, "inet6num": true, "netrange": true, "cidr": true, "network number": true, "ipv4 address": true,
		"ipv6 address": true, "ipv4주소": true, "ipv6주소": true, "netblock": true, "ip-network": true, "ip-network-block": true,
		"in-addr-range": true, "ipネットワークアドレス": true,
	}
	nameKeys = map[string]bool{
		"netname": true, "network name": true, "service name": true, "network-name": true, "as-name": true, "asname": true, "owner": true,
		"ネットワーク名": true,
	}
	handleOfNetwork = map[string]bool{"nethandle": true, "ashandle": true, "id": true}
	countryKeys     = map[string]bool{"country": true, "country-code": true}
	originKeys      = map[string]bool{"originas": true, "origin": true, "asnumber": true, "aut-num": true}
)

// referralKeys name the server that knows more. first is IANA's and, for a
// registry that does not run the network at all, ARIN's.
var referralKeys = map[string]bool{
	"refer": true, "whois": true, "referralserver": true, "registrar whois server": true, "whois server": true,
	"referral server": true,
}

// A phrase in a short answer that tells the kind of the answer.
type phrase struct {
	who  string
	text func() *regexp.Regexp
}

// noMatch: the server does not know the query.
var noMatch = []phrase{
	{"ARIN", compiled(`(?im)^(?:# ?)?No match found for`)},
	{"RPSL", compiled(`(?im)^%+ ?(?:ERROR:101|No entries found|no entries found)`)},
	{"LACNIC", compiled(`(?im)^% (?:Unallocated|Not allocated|No match|Query not|Permission denied: unauthorized)`)},
	{"JPNIC", compiled(`(?im)^No match!!`)},
	{"KRNIC", compiled(`(?im)(?:is not allocated|is not registered|검색된 결과가 없습니다|not found)\.?$`)},
	{"TWNIC", compiled(`(?im)^No Found\s*$`)},
	{"rwhois", compiled(`(?im)^%error 230`)},
	{"gTLD", compiled(`(?im)^(?:No match for|NOT FOUND|Domain not found|No Data Found|The queried object does not exist|No Object Found|Status: (?:free|available)|Not found:)`)},
}

// refused: the server knows, and does not want to say it now.
var refused = []phrase{
	{"RPSL", compiled(`(?im)^%+ ?ERROR:(?:201|202|203|204|205|208|209|305|306|307)`)},
	{"ARIN", compiled(`(?i)query rate limit exceeded|max(?:imum)? (?:queries|connections)`)},
	{"LACNIC", compiled(`(?im)^% ?(?:Query rate limit exceeded|Permission denied|Excessive querying)`)},
	{"registrar", compiled(`(?im)^[%#*\s]*(?:number of allowed queries exceeded|(?:whois )?(?:query )?(?:rate )?limit exceeded|quota exceeded|too many (?:requests|queries|connections)|your (?:ip|connection) (?:has been|is) (?:blocked|blacklisted|limited)|access (?:denied|to .* blocked)|please (?:wait|try again) (?:a|later|in)|requests? of this client are not permitted)`)},
}

// complaining: so do servers that have no code for it, of how often they are
// asked. Terms of use read alike, so that only a text that is nothing else is
// taken for one.
var complaining = []phrase{
	{"limit first", compiled(`(?i)\b(?:limit|quota|rate|quer(?:y|ies)|requests|connections?)\b[^\n]{0,60}\b(?:exceed(?:ed|s)?|reached|too many|blocked)\b`)},
	{"limit last", compiled(`(?i)\b(?:exceeded|excessive|excessively|too many|maximum|blocked|blacklisted|denied)\b[^\n]{0,60}\b(?:limit|quota|quer(?:y|ies|ying)|requests?|connections?|rate)\b`)},
	{"pace", compiled(`(?i)\b(?:grace period|too fast|interval is too short|slow down|server (?:is )?busy|(?:re)?try (?:again )?(?:later|in \d))\b`)},
	{"KRNIC", compiled(`초과|차단`)},
	{"rwhois", compiled(`(?im)^%error (?:33\d|4\d\d|5\d\d)\b`)},
}

// foreign: the network is another registry's, whatever contacts stand here.
var foreign = []phrase{
	{"RIPE", compiled(`(?im)^netname:\s+(?:NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK|EU-ZZ-|IANA-BLK)`)},
	{"RIPE", compiled(`(?im)^(?:inetnum:\s+0\.0\.0\.0 - 255\.255\.255\.255|inet6num:\s+::/0)`)},
	{"APNIC", compiled(`(?im)^netname:\s+(?:ERX-NETBLOCK|IANA-NETBLOCK|IANA-BLOCK|NON-APNIC)`)},
	{"APNIC", compiled(`(?im)^(?:descr|remarks):\s+(?:Not allocated by APNIC|Transferred to the (?:RIPE|ARIN|LACNIC|AFRINIC|AfriNIC) region)`)},
	{"AFRINIC", compiled(`(?im)^netname:\s+(?:IANA-BLK|NON-AFRINIC)`)},
	{"ARIN", compiled(`(?im)^NetType:\s+(?:Early Registrations, )?(?:(?:Allocated|Transferred|Assigned) to|Maintained by) (?:RIPE|APNIC|LACNIC|AFRINIC|AfriNIC)`)},
	{"ARIN", compiled(`(?im)^ASName:\s+(?:RIPE-ASNBLOCK|APNIC-ASBLOCK|LACNIC-|AFRINIC-)`)},
}
